import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { SignJWT } from 'jose';
import { createPostgres, type TestDatabase } from '../support/databases.js';
import { ComposedService } from './support/composed.service.js';
import { readCompose } from './support/compose.file.js';
import { readStages } from './support/dockerfile.js';
import { ImageTree } from './support/image.tree.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes-42';
const HOST = { POSTGRES_PASSWORD: 'p4ssword', AUTH_JWT_SECRET: SECRET };
const file = readCompose('compose.yaml', HOST);
const ours = Object.entries(file.services).filter(([, { image }]) => image === 'onauth-server');

describe('compose.yaml', () => {
  it('runs two processes that serve, two that execute runs, one PostgreSQL and a proxy', () => {
    const replicas = ours.map(([name, { deploy, environment }]) => [
      name,
      environment?.ROLE,
      deploy?.replicas,
    ]);
    expect(replicas).toEqual([
      ['api', 'api', 2],
      ['worker', 'worker', 2],
    ]);
    expect(Object.keys(file.services).toSorted()).toEqual(['api', 'postgres', 'proxy', 'worker']);
  });

  it('has no password of its own: without one it does not start', () => {
    expect(() => readCompose('compose.yaml', {})).toThrow('POSTGRES_PASSWORD');
    expect(file.services.postgres.environment?.POSTGRES_PASSWORD).toBe('p4ssword');
  });

  it.each(ours)('takes from %s what it could do harm with', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: true,
    });
  });

  it('lets nobody in but through the proxy, which waits for who serves, who waits for the database', () => {
    const open = Object.entries(file.services).filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name]) => name)).toEqual(['proxy']);
    expect(file.services.proxy.depends_on).toEqual({ api: { condition: 'service_healthy' } });
    for (const [, { depends_on }] of ours)
      expect(depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(file.services.postgres.healthcheck?.test).toContain('pg_isready');
  });

  it('mounts what is there, and volumes that it names', () => {
    const mounted = Object.values(file.services).flatMap(({ volumes = [] }) => volumes);
    expect(mounted.length).toBeGreaterThan(0);
    for (const source of mounted.map((volume) => volume.split(':')[0]))
      expect([source, source.startsWith('./') ? existsSync(source) : source in file.volumes]).toEqual([
        source,
        true,
      ]);
  });

  it('has a proxy that goes round the processes of the service api, at the port of the image, and holds no stream back', () => {
    const configuration = readFileSync('deploy/Caddyfile', 'utf8');
    const { port } = /name api\s+port (?<port>\d+)/.exec(configuration)?.groups ?? {};
    const [image] = readStages('Dockerfile').slice(-1);
    expect(image.instructions).toContainEqual({ name: 'EXPOSE', text: port });
    expect(configuration).toContain('lb_policy round_robin');
    expect(configuration).toContain('flush_interval -1');
    expect(file.services.proxy.ports).toEqual([`8123:${port}`]);
  });
});

describe('what compose.yaml starts', () => {
  let database: TestDatabase;
  let tree: ImageTree;
  let composed: ComposedService;

  beforeAll(async () => {
    database = await createPostgres();
    tree = new ImageTree(process.cwd());
    const [image] = readStages('Dockerfile').slice(-1);
    composed = await ComposedService.start(file, image, tree, database.url);
  }, 120_000);
  afterAll(async () => {
    await composed.stop();
    tree.remove();
    await database.drop();
  });

  async function clientOf(identity: string, apiUrl = composed.url): Promise<Client> {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(identity)
      .setExpirationTime('1h')
      .sign(Buffer.from(SECRET));
    return new Client({ apiUrl, defaultHeaders: { authorization: `Bearer ${token}` } });
  }

  it('is well, in the opinion of the image’s own probe', () => {
    expect(composed.containers).toHaveLength(4);
    for (const container of composed.containers) expect(composed.isHealthy(container)).toBe(true);
  });

  it('serves conversations at one address, whichever process is asked', async () => {
    const alice = await clientOf('alice');
    const input = { messages: [{ role: 'human', content: 'hello' }] };
    for (let time = 0; time < 3; time += 1) {
      const { thread_id } = await alice.threads.create();
      const modes: string[] = [];
      for await (const { event } of alice.runs.stream(thread_id, 'agent', { input, streamMode: 'values' }))
        modes.push(event);
      expect(modes).toEqual(expect.arrayContaining(['metadata', 'values']));
      expect(JSON.stringify((await alice.threads.getState(thread_id)).values)).toContain('echo: hello');
    }
  });

  it('keeps them apart: to others they are not there, at any process', async () => {
    const { thread_id } = await (await clientOf('alice')).threads.create();
    for (const { url } of composed.containers.filter(({ service }) => service === 'api')) {
      const bob = await clientOf('bob', url);
      await expect(bob.threads.get(thread_id)).rejects.toMatchObject({ status: 404 });
      expect(await bob.threads.search()).toEqual([]);
    }
  });

  it('answers nothing but probes where runs are executed', async () => {
    for (const { url } of composed.containers.filter(({ service }) => service === 'worker'))
      await expect((await clientOf('alice', url)).threads.create()).rejects.toMatchObject({ status: 404 });
  });
});
