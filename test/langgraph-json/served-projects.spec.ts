import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { SignJWT } from 'jose';
import { Client as OlderClient } from 'langgraph-sdk-2';
import { databases, type TestDatabase } from '../support/databases.js';
import { ServerProcess } from '../support/server.process.js';
import { graph } from './support/temporary.project.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes-42';
const EXAMPLE = join(process.cwd(), 'examples/langgraph-project/langgraph.json');
const NOTES = join(process.cwd(), 'test/langgraph-json/projects/notes');
const COMMONJS = join(process.cwd(), 'test/langgraph-json/projects/commonjs/langgraph.json');

interface Conversation {
  readonly messages: readonly { readonly content: string }[];
}

const options = (apiUrl: string, token: string) => ({
  apiUrl,
  apiKey: null,
  defaultHeaders: { authorization: `Bearer ${token}` },
  callerOptions: { maxRetries: 0 },
});
const say = (content: string) => ({ input: { messages: [{ role: 'user', content }] } });
const lastOf = (values: unknown) => (values as Conversation).messages.at(-1)?.content;

function tokenFor(identity: string): Promise<string> {
  return new SignJWT({ permissions: [] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(identity)
    .setExpirationTime('1h')
    .sign(Buffer.from(SECRET));
}

describe.each(databases)('the example project on $dialect', ({ create }) => {
  let database: TestDatabase;
  let folder: string;
  let server: ServerProcess;
  let url: string;

  beforeAll(async () => {
    database = await create();
    folder = await mkdtemp(join(tmpdir(), 'onauth-served-'));
    server = new ServerProcess(folder, {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: database.url,
      LANGGRAPH_JSON: EXAMPLE,
    });
    url = await server.up();
  });

  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const as = (token: string) => new Client(options(url, token));
  const post = (path: string, headers: Record<string, string>) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });

  it('needs no key of this server, and prints no token', () => {
    expect(server.output).not.toContain('eyJ');
    expect(server.errors).toBe('');
  });

  it.each([
    ['this', (token: string) => as(token)],
    ['the other', (token: string) => new OlderClient(options(url, token)) as unknown as Client],
  ])(
    'chats with two users through %s line of the SDK, each in conversations of their own',
    async (_, connect) => {
      const [alice, bob] = [connect('alice-token'), connect('bob-token')];
      const hers = await alice.threads.create();
      const his = await bob.threads.create();
      expect(lastOf(await alice.runs.wait(hers.thread_id, 'agent', say('hello')))).toBe(
        'Good to see you, alice. Turn 1: hello',
      );
      expect(lastOf(await bob.runs.wait(his.thread_id, 'agent', say('hi')))).toBe(
        'Good to see you, bob. Turn 1: hi',
      );
      const streamed = alice.runs.stream(hers.thread_id, 'agent', { ...say('again'), streamMode: 'values' });
      const events = [];
      for await (const event of streamed) events.push(event);
      expect(lastOf(events.at(-1)?.data)).toBe('Good to see you, alice. Turn 2: again');
      expect((await bob.threads.search()).map(({ thread_id }) => thread_id)).not.toContain(hers.thread_id);
    },
  );

  it('hides a conversation from everybody else, whatever they ask of it', async () => {
    const [alice, bob] = [as('alice-token'), as('bob-token')];
    const { thread_id } = await alice.threads.create();
    const { run_id } = await alice.runs.create(thread_id, 'agent', say('secret'));
    await alice.runs.join(thread_id, run_id);
    const attempts: (() => Promise<unknown>)[] = [
      () => bob.threads.get(thread_id),
      () => bob.threads.update(thread_id, { metadata: { owner: 'bob' } }),
      () => bob.threads.getState(thread_id),
      () => bob.threads.getHistory(thread_id),
      () => bob.threads.updateState(thread_id, { values: { messages: [] } }),
      () => bob.runs.wait(thread_id, 'agent', say('let me in')),
      () => bob.runs.get(thread_id, run_id),
      () => bob.runs.list(thread_id),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ status: 404 });
    expect(await alice.threads.get(thread_id)).toMatchObject({ metadata: { owner: 'alice' } });
  });

  it('lets auth.ts say whose a conversation is, not the client', async () => {
    const thread = await as('bob-token').threads.create({ metadata: { owner: 'alice', topic: 'x' } });
    expect(thread.metadata).toEqual({ owner: 'bob', topic: 'x' });
  });

  it('answers the refusal of a handler with its status and message', async () => {
    const [alice, bob] = [as('alice-token'), as('bob-token')];
    const [hers, his] = [await alice.threads.create(), await bob.threads.create()];
    await expect(bob.threads.delete(his.thread_id)).rejects.toMatchObject({
      status: 403,
      text: '{"detail":"You may not delete conversations"}',
    });
    await expect(alice.threads.delete(his.thread_id)).rejects.toMatchObject({ status: 404 });
    await alice.threads.delete(hers.thread_id);
    await expect(alice.threads.get(hers.thread_id)).rejects.toMatchObject({ status: 404 });
    await expect(alice.assistants.create({ graphId: 'agent' })).rejects.toMatchObject({
      status: 403,
      text: '{"detail":"Assistants are made by the team"}',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['an unknown token', { authorization: 'Bearer carol-token' }],
    ['a header that claims another kind of client', { 'x-auth-scheme': 'langsmith', 'x-api-key': 'any' }],
  ])('answers %s with the status, message and headers of auth.ts', async (_, headers) => {
    const response = await post('/threads/search', headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await response.json()).toEqual({ detail: 'Invalid token' });
  });

  it('asks nobody for a token on public routes', async () => {
    expect((await fetch(`${url}/ok`)).status).toBe(200);
    expect((await fetch(`${url}/info`)).status).toBe(200);
  });
});

describe('A project', () => {
  let folder: string;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onauth-served-'));
  });

  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (environment: Record<string, string>): Promise<string> => {
    server = new ServerProcess(folder, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      ...environment,
    });
    return server.up();
  };

  it('may have graphs of every kind, configured by LANGGRAPH_CONFIG, the assistant and the run', async () => {
    const url = await start({
      LANGGRAPH_JSON: join(NOTES, 'langgraph.json'),
      LANGGRAPH_CONFIG: '{"built":{"configurable":{"tone":"wry"}}}',
      NOTES_GREETING: 'hello',
    });
    const bob = new Client(options(url, 'bob-token'));
    const answerOf = async (graphId: string, payload: object) =>
      lastOf(await bob.runs.wait(null, graphId, { ...say('milk'), ...payload }));
    expect(await answerOf('notes', {})).toBe('hello, bob of 2: noted milk');
    expect(await answerOf('later', {})).toBe('hello, bob of 2: noted milk');
    expect(await answerOf('built', {})).toBe('wry 2');
    expect(await answerOf('built', { config: { configurable: { tone: 'dry' } } })).toBe('dry 2');
    expect(await bob.runs.wait(null, 'plain', { input: { n: 1 } })).toEqual({ n: 2 });
    const document = await (await fetch(`${url}/openapi.json`)).json();
    expect(document).toMatchObject({
      components: { securitySchemes: { member: { name: 'authorization' } } },
      paths: { '/threads': { post: { security: [{ member: [] }] } } },
    });
  }, 60_000);

  it('of CommonJS, with a copy of LangGraph of its own, keeps to the keys and the policy of this server', async () => {
    const url = await start({ LANGGRAPH_JSON: COMMONJS, AUTH_JWT_SECRET: SECRET });
    const alice = new Client(options(url, await tokenFor('alice')));
    const bob = new Client(options(url, await tokenFor('bob')));
    const { thread_id, metadata } = await alice.threads.create();
    expect(metadata).toEqual({ owner: 'alice' });
    expect(await alice.runs.wait(thread_id, 'review', say('2 + 2 = 4'))).toMatchObject({
      __interrupt__: [{ value: 'carol, is this right?' }],
    });
    await expect(bob.threads.get(thread_id)).rejects.toMatchObject({ status: 404 });
    expect(lastOf(await alice.runs.wait(thread_id, 'review', { command: { resume: 'yes' } }))).toBe(
      '2 + 2 = 4: yes',
    );
  }, 60_000);

  it('with an Auth object makes the keys of this server useless, and the log says so', async () => {
    const url = await start({ LANGGRAPH_JSON: EXAMPLE, AUTH_JWT_SECRET: SECRET });
    const { status } = await fetch(`${url}/threads/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenFor('alice')}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(status).toBe(401);
    expect(server.output).toContain('AUTH_ variables have no effect');
  }, 60_000);

  describe('is refused in one sentence', () => {
    const AUTHENTICATE = 'authenticate: () => "alice"';
    const auth = (handlerCache: string): string =>
      `export const auth = { '~handlerCache': ${handlerCache} };`;
    const on = (event: string) => auth(`{ ${AUTHENTICATE}, callbacks: { '${event}': () => true } }`);
    const THREADS = 'assistants:create';
    it.each<[string, Record<string, string>, string]>([
      ['without its file', { 'langgraph.json': '{}' }, 'graphs must name at least one graph'],
      [
        'without authenticate',
        { 'auth.mts': auth('{ callbacks: {} }') },
        './auth.mts:auth has no callback to authenticate with; add .authenticate(...), so that callers can prove who they are.',
      ],
      [
        'without an Auth object',
        { 'auth.mts': 'export const auth = {};' },
        './auth.mts:auth is no Auth object; export',
      ],
      [
        'with a handler of an unknown action',
        { 'auth.mts': on('threads:crate') },
        '.on("threads:crate") of ./auth.mts:auth handles "threads:crate", but no route fires that event. Known: threads:create, threads:create_run, threads:delete, threads:read, threads:search, threads:update.',
      ],
      [
        'with a handler of an unknown resource',
        { 'auth.mts': on('runs') },
        `.on("runs") of ./auth.mts:auth handles "runs", but no route fires that event. Known: ${THREADS}`,
      ],
    ])(
      '%s',
      async (_, files, sentence) => {
        const json = { graphs: { agent: './agent.mts' }, auth: { path: './auth.mts:auth' } };
        const project = {
          'langgraph.json': JSON.stringify(json),
          'agent.mts': `export default ${graph('7')};`,
          ...files,
        };
        for (const [path, text] of Object.entries(project)) await writeFile(join(folder, path), text);
        server = new ServerProcess(folder, {
          LANGGRAPH_JSON: './langgraph.json',
          DATABASE_URL: 'sqlite::memory:',
        });
        expect(await server.ended()).toBe(1);
        expect(server.errors).toContain(`OnAuth Server did not start: `);
        expect(server.errors).toContain(sentence);
        expect(server.errors.trim().split('\n')).toHaveLength(1);
      },
      60_000,
    );

    it('with a LANGGRAPH_CONFIG for a graph that it does not have', async () => {
      server = new ServerProcess(folder, { LANGGRAPH_JSON: EXAMPLE, LANGGRAPH_CONFIG: '{"agnet":{}}' });
      expect(await server.ended()).toBe(1);
      expect(server.errors).toBe(
        'OnAuth Server did not start: LANGGRAPH_CONFIG names the graph "agnet", which is not served: known are agent.\n',
      );
    }, 60_000);
  });
});
