import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { callerOf } from '../support/application.js';
import { ServerProcess } from '../support/server.process.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes-42';

describe('the server as a process', () => {
  let folder: string;
  let server: ServerProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onauth-start-'));
  });

  afterEach(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (environment: Record<string, string>): ServerProcess =>
    (server = new ServerProcess(folder, environment));

  it('starts without any configuration, makes keys and prints tokens that work', async () => {
    const started = start({ PORT: '0', HOST: '127.0.0.1' });
    const url = await started.up();
    const [, alice] = /alice {2}(\S+)/.exec(started.output) ?? [];
    const [, bob] = /bob {4}(\S+)/.exec(started.output) ?? [];
    const thread = await callerOf(url, alice)('POST', '/threads', {});
    expect(thread).toMatchObject({ status: 200, body: { metadata: { owner: 'alice' } } });
    const { thread_id } = thread.body as { thread_id: string };
    expect(await callerOf(url, bob)('GET', `/threads/${thread_id}`)).toMatchObject({ status: 404 });
    expect(started.output).toContain('npm run tutorial');
    expect((await stat(join(folder, '.onauth/development.json'))).mode & 0o077).toBe(0);
  }, 40_000);

  it('keeps its rows over a restart', async () => {
    const environment = {
      PORT: '0',
      HOST: '127.0.0.1',
      AUTH_JWT_SECRET: SECRET,
      DATABASE_URL: 'sqlite:data/kept.db',
    };
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('alice')
      .setExpirationTime('1h')
      .sign(Buffer.from(SECRET));
    const created = await callerOf(await start(environment).up(), token)('POST', '/threads', {});
    const { thread_id } = created.body as { thread_id: string };
    await server?.stop();
    expect(
      await callerOf(await start(environment).up(), token)('GET', `/threads/${thread_id}`),
    ).toMatchObject({
      status: 200,
      body: { thread_id },
    });
  }, 60_000);

  it('ends cleanly on SIGTERM', async () => {
    const started = start({
      PORT: '0',
      HOST: '127.0.0.1',
      AUTH_JWT_SECRET: SECRET,
      DATABASE_URL: 'sqlite::memory:',
    });
    await started.up();
    await started.stop();
    expect(started.errors).toBe('');
  }, 40_000);

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'production without a key',
      { NODE_ENV: 'production' },
      /AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI/,
    ],
    ['a secret that is too short', { AUTH_JWT_SECRET: 'short' }, /AUTH_JWT_SECRET.*32/],
    ['a port that is none', { PORT: 'eighty' }, /PORT is "eighty"/],
    ['an unknown kind of database', { DATABASE_URL: 'mysql://root@localhost/x' }, /DATABASE_URL/],
    [
      'two kinds of keys',
      { AUTH_JWT_SECRET: SECRET, AUTH_JWKS_URI: 'https://id.example/jwks' },
      /AUTH_JWT_SECRET.*AUTH_JWKS_URI/,
    ],
    ['a scope key that is none', { AUTH_JWT_SECRET: SECRET, SCOPE_KEYS: "owner'; --" }, /SCOPE_KEYS/],
    [
      'a database that cannot be opened',
      { AUTH_JWT_SECRET: SECRET, DATABASE_URL: 'sqlite:/dev/null/x/y.db' },
      /\/dev\/null\/x/,
    ],
  ])(
    'refuses to start with %s, in one sentence (abuse case 20)',
    async (_, environment, sentence) => {
      const started = start({ PORT: '0', ...environment });
      expect(await started.ended()).toBe(1);
      expect(started.errors).toMatch(sentence);
      expect(started.errors.trim().split('\n')).toHaveLength(1);
      expect(started.errors).not.toContain(SECRET);
    },
    40_000,
  );

  it('names its version and that of LangGraph', async () => {
    const url = await start({
      PORT: '0',
      HOST: '127.0.0.1',
      AUTH_JWT_SECRET: SECRET,
      DATABASE_URL: 'sqlite::memory:',
    }).up();
    const { version } = JSON.parse(await readFile(join(process.cwd(), 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await callerOf(url)('GET', '/info')).toMatchObject({
      status: 200,
      body: { version, context: 'js' },
    });
    expect(await callerOf(url)('GET', '/ok?check_db=1')).toMatchObject({ status: 200, body: { ok: true } });
  }, 40_000);
});
