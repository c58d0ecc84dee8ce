import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { callerOf } from '../support/application.js';
import { ServerProcess } from '../support/server.process.js';

const SETTINGS = { PORT: '0', HOST: '127.0.0.1', DATABASE_URL: 'sqlite::memory:' };
const START = 'dist/src/startup/start.cjs';
const CACHE = 'dist/startup/server.cjs.cache';

/** The build without the single files of the service: whoever loads one of those fails. */
describe('the start', () => {
  let folder: string;
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onauth-startup-'));
    for (const part of ['package.json', 'dist/startup', 'dist/src/startup'])
      await cp(part, join(folder, part), { recursive: true });
    await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => server?.stop());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (environment: Record<string, string> = {}, options: readonly string[] = []) =>
    (server = new ServerProcess(folder, { ...SETTINGS, ...environment }, [...options, join(folder, START)]));
  const isCached = () => {
    const program = `require('./dist/src/startup/compiled.bundle.cjs').CompiledBundle.read().isCached`;
    return execFileSync(process.execPath, ['-p', program], { cwd: folder, encoding: 'utf8' }) === 'true\n';
  };

  it('needs one file beside the packages, and serves all from it', async () => {
    const started = start();
    const url = await started.up();
    const alice = callerOf(url, /alice {2}(\S+)/.exec(started.output)?.[1]);
    const input = { messages: [{ role: 'user', content: 'hello' }] };
    const run = await alice('POST', '/runs/wait', { assistant_id: 'agent', input });
    expect(run).toMatchObject({ status: 200, body: { messages: [{}, { content: 'echo: hello' }] } });
    for (const path of ['/info', '/openapi.json', '/docs'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    expect(await alice('POST', '/threads/search', { limit: 'many' })).toMatchObject({ status: 422 });
    expect(await alice('GET', '/threads/01890000-0000-7000-8000-000000000000')).toMatchObject({
      status: 404,
    });
    expect(started.errors).toBe('');
  }, 60_000);

  it.each<{ setting: Record<string, string> }>([
    { setting: { PORT: 'many' } },
    { setting: { DATABASE_URL: 'mysql://elsewhere' } },
    { setting: { AUTH_JWT_SECRET: 'x'.repeat(32), AUTH_JWKS_URI: 'https://keys.example/jwks' } },
    { setting: { NODE_ENV: 'production' } },
    { setting: { DATABASE_URL: 'sqlite:/dev/null/onauth.db' } },
  ])(
    'is refused with the sentence of the single files for $setting',
    async ({ setting }) => {
      const refused = start(setting);
      expect(await refused.ended()).toBe(1);
      const main = [join(process.cwd(), 'dist/src/main.js')];
      const plain = new ServerProcess(folder, { ...SETTINGS, ...setting }, main);
      expect(await plain.ended()).toBe(1);
      expect(refused.errors).toMatch(/^OnAuth Server did not start: .+\n$/);
      expect(refused.errors).toBe(plain.errors);
    },
    60_000,
  );

  it.each<{ where: string; environment: Record<string, string>; options: string[] }>([
    { where: 'a LangGraph project', environment: { LANGGRAPH_JSON: './langgraph.json' }, options: [] },
    { where: 'a hook into loading', environment: {}, options: ['--import', 'data:text/javascript,'] },
    { where: 'one from outside', environment: { NODE_OPTIONS: '-r node:util' }, options: [] },
  ])('is from the single files with $where', async ({ environment, options }) => {
    const started = start(environment, options);
    expect(await started.ended()).toBe(1);
    expect(started.errors).toMatch(/Cannot find module .*main\.js/);
  });

  it('is from the single files where .env names a LangGraph project', async () => {
    await writeFile(join(folder, '.env'), 'LANGGRAPH_JSON=./langgraph.json\n');
    const started = start();
    expect(await started.ended()).toBe(1);
    expect(started.errors).toMatch(/Cannot find module .*main\.js/);
    await rm(join(folder, '.env'));
  });

  describe('with what V8 kept of the build', () => {
    it('compiles nothing again', () => {
      expect(isCached()).toBe(true);
    });

    it.each(['nothing', 'something else'])(
      'starts as well where there is %s of it',
      async (kept) => {
        if (kept === 'nothing') await rm(join(folder, CACHE));
        else await writeFile(join(folder, CACHE), 'something else');
        expect(isCached()).toBe(false);
        const url = await start().up();
        expect((await fetch(`${url}/ok`)).status).toBe(200);
      },
      60_000,
    );
  });
});
