import { randomUUID } from 'node:crypto';
import { ForbiddenException, Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assistantIdOf } from '../../../src/graphs/assistant.id.js';
import { OnAuth, type HandlerArgument } from '../../../src/on-auth/index.js';
import type { Caller } from '../../support/application.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from './runs.application.js';

const HELLO = { messages: [{ role: 'human', content: 'hello' }] };
const CHAT = { assistant_id: 'chat', input: HELLO };
const SLOW = { assistant_id: 'slow', input: { ms: 60_000 } };

interface Recorded {
  readonly event: string;
  readonly value: Record<string, unknown>;
}

/** Owners, with a record of everything that was asked, and a few refusals by metadata and permission. */
@Injectable()
class RecordingPolicy {
  readonly asked: Recorded[] = [];

  @OnAuth()
  own(argument: HandlerArgument) {
    this.record(argument);
    return { owner: argument.user.identity };
  }

  @OnAuth('threads', 'create_run')
  createRun(argument: HandlerArgument<'threads:create_run'>) {
    this.record(argument);
    const { value, user } = argument;
    const { forbidden, mistaken, team } = value.metadata;
    if (forbidden) return false;
    const owner = mistaken ? 'nobody' : user.identity;
    Object.assign(value, {
      metadata: { ...value.metadata, owner },
      multitask_strategy: 'reject',
      after_seconds: 9,
    });
    return { owner: user.identity, ...(typeof team === 'string' && { team }) };
  }

  @OnAuth('threads', 'create')
  createThread({ value, user }: HandlerArgument<'threads:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth('assistants', 'create')
  createAssistant({ value, user }: HandlerArgument<'assistants:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
  }

  @OnAuth('assistants', 'read')
  readAssistant(argument: HandlerArgument<'assistants:read'>) {
    this.record(argument);
    if (argument.value.assistant_id === assistantIdOf('custom')) return false;
    return { owner: argument.user.identity };
  }

  @OnAuth('threads', 'update')
  update(argument: HandlerArgument<'threads:update'>) {
    this.record(argument);
    if (argument.permissions.includes('read-only')) throw new ForbiddenException('You may only read');
    return { owner: argument.user.identity };
  }

  @OnAuth('threads', 'read')
  read(argument: HandlerArgument<'threads:read'>) {
    this.record(argument);
    if (argument.permissions.includes('search-only')) return false;
    return { owner: argument.user.identity };
  }

  /** What was asked since the last call. */
  taken(): Recorded[] {
    return this.asked.splice(0);
  }

  private record({ event, value }: HandlerArgument): void {
    this.asked.push({ event, value: structuredClone<object>(value) as Record<string, unknown> });
  }
}

describe.each(databases)('authorization of runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let policy: RecordingPolicy;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database, { policies: [RecordingPolicy] });
    policy = server.app.get(RecordingPolicy);
    ({ alice, bob } = server);
  });
  afterAll(async () => {
    await alice('POST', '/runs/cancel', { status: 'all' });
    await server.stop();
    await database.drop();
  });

  /** A thread of alice's with a run that is over. */
  const finished = async () => {
    const threadId = await server.newThread(alice);
    const run = objectOf(
      await alice('POST', `/threads/${threadId}/runs`, { ...CHAT, stream_resumable: true }),
    );
    const runId = String(run.run_id);
    await alice('GET', `/threads/${threadId}/runs/${runId}/join`);
    return { threadId, runId };
  };

  describe('of somebody else', () => {
    let threadId: string;
    let runId: string;
    beforeAll(async () => {
      threadId = await server.newThread(alice);
      runId = String(objectOf(await alice('POST', `/threads/${threadId}/runs`, SLOW)).run_id);
    });

    it.each<[string, string, object | null]>([
      ['POST', '/threads/T/runs', CHAT],
      ['POST', '/threads/T/runs/wait', CHAT],
      ['POST', '/threads/T/runs/stream', CHAT],
      ['GET', '/threads/T/runs', null],
      ['GET', '/threads/T/runs/R', null],
      ['GET', '/threads/T/runs/R/join', null],
      ['GET', '/threads/T/runs/R/stream', null],
      ['POST', '/threads/T/runs/R/cancel', null],
      ['POST', '/threads/T/runs/R/cancel?wait=1&action=rollback', null],
      ['DELETE', '/threads/T/runs/R', null],
      ['GET', '/runs/R/join', null],
      ['GET', '/runs/R/stream', null],
      ['POST', '/runs/R/cancel', null],
      ['POST', '/runs/cancel', { thread_id: 'T', run_ids: ['R'] }],
      ['POST', '/runs/cancel', { run_ids: ['R'] }],
      ['POST', '/runs/cancel', { thread_id: 'T', status: 'all' }],
    ])('%s %s %j answers as if there were nothing (abuse cases 31 and 33)', async (method, path, body) => {
      const answerFor = async (thread: string, run: string) => {
        const fill = (text: string) => text.replaceAll(/\bT\b/g, thread).replaceAll(/\bR\b/g, run);
        const filled = body ? (JSON.parse(fill(JSON.stringify(body))) as object) : undefined;
        const { status, text, headers } = await bob(method, fill(path), filled);
        const names = [...headers.keys()].filter((name) => name !== 'date').sort();
        return { status, text: text.replaceAll(thread, 'T').replaceAll(run, 'R'), names };
      };
      const [foreign, missing] = [
        await answerFor(threadId, runId),
        await answerFor(randomUUID(), randomUUID()),
      ];
      expect(foreign).toEqual(missing);
      expect([200, 404]).toContain(foreign.status);
      expect(foreign.text).toMatch(/not found/);
      const run = objectOf(await alice('GET', `/threads/${threadId}/runs/${runId}`));
      expect(['pending', 'running']).toContain(run.status);
    });

    it('a run is not found under an own thread (abuse case 32)', async () => {
      const own = await server.newThread(bob);
      for (const form of ['', '/join'])
        expect(await bob('GET', `/threads/${own}/runs/${runId}${form}`)).toMatchObject({
          status: 404,
          body: { detail: 'Run not found' },
        });
      expect((await bob('GET', `/threads/${own}/runs/${runId}/stream`)).text).toContain('404: Run not found');
      expect(await bob('POST', `/threads/${own}/runs/${runId}/cancel`)).toMatchObject({ status: 404 });
      expect(await bob('DELETE', `/threads/${own}/runs/${runId}`)).toMatchObject({ status: 404 });
    });

    it('a thread is not taken over with if_not_exists: create (abuse case 39)', async () => {
      const body = { ...CHAT, if_not_exists: 'create', metadata: { owner: 'bob' } };
      for (const form of ['', '/wait', '/stream'])
        expect(await bob('POST', `/threads/${threadId}/runs${form}`, body)).toMatchObject({
          status: 404,
          body: { detail: `Thread with ID ${threadId} not found` },
        });
      expect(objectOf(await alice('GET', `/threads/${threadId}`)).metadata).toMatchObject({ owner: 'alice' });
    });

    it('cancelling everything stops at what is visible', async () => {
      expect(await bob('POST', '/runs/cancel', { status: 'all' })).toMatchObject({ status: 204 });
      const run = objectOf(await alice('GET', `/threads/${threadId}/runs/${runId}`));
      expect(['pending', 'running']).toContain(run.status);
    });

    it('a thread is not reached through the config or the checkpoint of a run (abuse cases 32 and 38)', async () => {
      const secret = await server.newThread(alice);
      const said = { messages: [{ role: 'human', content: 'a secret' }] };
      await alice('POST', `/threads/${secret}/runs/wait`, { ...CHAT, input: said });
      const { checkpoint } = objectOf(await alice('GET', `/threads/${secret}/state`));
      for (const redirection of [
        { config: { configurable: { thread_id: secret } } },
        { checkpoint: { thread_id: secret } },
        { checkpoint },
        { config: { configurable: { ...(checkpoint as object) } } },
      ]) {
        const own = await server.newThread(bob);
        const answer = await bob('POST', `/threads/${own}/runs/wait`, { ...CHAT, ...redirection });
        expect(answer.status).toBe(200);
        expect(answer.text).not.toContain('secret');
        expect((await bob('GET', `/threads/${own}/state`)).text).not.toContain('secret');
      }
      expect(objectOf(await alice('GET', `/threads/${secret}/state`)).values).toMatchObject({
        messages: [{ content: 'a secret' }, { content: 'You said a secret' }],
      });
    });

    it('an assistant cannot be run, and nothing of its config is merged (abuse case 37)', async () => {
      const assistant = objectOf(
        await alice('POST', '/assistants', {
          graph_id: 'chat',
          config: { configurable: { secret: 'of alice' } },
        }),
      );
      const assistant_id = String(assistant.assistant_id);
      const own = await server.newThread(bob);
      for (const path of [`/threads/${own}/runs`, `/threads/${own}/runs/wait`, '/runs', '/runs/stream']) {
        expect(await bob('POST', path, { ...CHAT, assistant_id })).toMatchObject({
          status: 404,
          body: { detail: expect.stringContaining(`No assistant found for "${assistant_id}"`) },
        });
      }
      expect((await bob('GET', `/threads/${own}/runs`)).body).toEqual([]);
      const run = objectOf(await alice('POST', '/runs', { ...CHAT, assistant_id }));
      expect(run.kwargs).toMatchObject({ config: { configurable: { secret: 'of alice' } } });
    });
  });

  describe('by handlers', () => {
    it('sees a run with every field of the contract, and may change its metadata alone', async () => {
      const threadId = await server.newThread(alice);
      policy.taken();
      const answer = await alice('POST', `/threads/${threadId}/runs`, {
        ...CHAT,
        metadata: { k: 1, owner: 'bob', created_by: 'system' },
        config: { configurable: { langgraph_auth_user_id: 'bob' } },
      });
      const run = objectOf(answer);
      const asked = policy.taken();
      expect(asked.map(({ event }) => event)).toEqual(['threads:create_run', 'assistants:read']);
      expect(asked[0].value).toMatchObject({
        thread_id: threadId,
        assistant_id: assistantIdOf('chat'),
        run_id: run.run_id,
        status: 'pending',
        metadata: { k: 1, owner: 'bob' },
        prevent_insert_if_inflight: false,
        multitask_strategy: 'enqueue',
        if_not_exists: 'reject',
        after_seconds: 0,
        kwargs: {
          input: HELLO,
          stream_mode: ['values'],
          temporary: false,
          subgraphs: false,
          resumable: false,
          config: {
            configurable: {
              langgraph_auth_user: { identity: 'alice' },
              langgraph_auth_user_id: 'alice',
              langgraph_auth_permissions: [],
            },
          },
        },
      });
      expect(asked[1].value).toEqual({ assistant_id: assistantIdOf('chat') });
      expect(run).toMatchObject({ multitask_strategy: 'enqueue', metadata: { k: 1, owner: 'alice' } });
    });

    it('sees no thread where the run brings its own, which takes over the stamped metadata', async () => {
      policy.taken();
      const run = objectOf(await alice('POST', '/runs', { ...CHAT, on_completion: 'keep' }));
      expect(policy.taken()[0].value).not.toHaveProperty('thread_id');
      await alice('GET', `/runs/${String(run.run_id)}/join`);
      expect(objectOf(await alice('GET', `/threads/${String(run.thread_id)}`)).metadata).toMatchObject({
        owner: 'alice',
      });
    });

    it('sees each event of the other routes with the value of the contract', async () => {
      const { threadId: thread_id, runId: run_id } = await finished();
      const path = `/threads/${thread_id}/runs/${run_id}`;
      const cancelled = { thread_id, action: 'rollback', metadata: { run_ids: [run_id], status: 'pending' } };
      const table: [string, string, Recorded[], object?][] = [
        ['GET', path, [{ event: 'threads:read', value: { thread_id, run_id } }]],
        ['GET', `${path}/join`, [{ event: 'threads:read', value: { thread_id, run_id } }]],
        ['GET', `${path}/stream`, [{ event: 'threads:read', value: { thread_id, run_id } }]],
        ['GET', `/runs/${run_id}/stream`, [{ event: 'threads:read', value: { run_id } }]],
        [
          'GET',
          `/threads/${thread_id}/runs?status=success&limit=3`,
          [
            { event: 'threads:search', value: { thread_id, status: 'success', limit: 3, offset: 0 } },
            { event: 'threads:read', value: { thread_id } },
          ],
        ],
        ['POST', `${path}/cancel?action=rollback`, [{ event: 'threads:update', value: cancelled }]],
        [
          'POST',
          `/runs/${run_id}/cancel?action=rollback`,
          [
            { event: 'threads:read', value: { run_id } },
            { event: 'threads:update', value: cancelled },
          ],
        ],
        [
          'POST',
          '/runs/cancel',
          [
            {
              event: 'threads:update',
              value: { action: 'interrupt', metadata: { run_ids: [], status: 'pending' } },
            },
          ],
          { status: 'pending' },
        ],
        ['DELETE', path, [{ event: 'threads:delete', value: { thread_id, run_id } }]],
      ];
      for (const [method, route, asked, body] of table) {
        policy.taken();
        await alice(method, route, body);
        expect({ route, asked: policy.taken() }).toEqual({ route, asked });
      }
    });

    it('refuses a run whose thread its creator would not see: 403 that names the key', async () => {
      const id = randomUUID();
      for (const [path, extra] of [
        ['/runs', {}],
        [`/threads/${id}/runs`, { if_not_exists: 'create' }],
      ] as const) {
        const answer = await alice('POST', path, { ...CHAT, ...extra, metadata: { mistaken: true } });
        expect(answer.status).toBe(403);
        expect(objectOf(answer).detail).toContain('owner');
      }
      expect(await alice('GET', `/threads/${id}`)).toMatchObject({ status: 404 });
    });

    it('refuses an assistant with 403, also one that everybody could run', async () => {
      const answer = await alice('POST', '/runs/wait', { assistant_id: 'custom', input: { goal: 1 } });
      expect(answer).toMatchObject({ status: 403, body: { detail: 'Forbidden' } });
    });

    it('lets everybody run the assistants of the server, whatever the filter', async () => {
      const { body } = await bob('POST', '/runs/wait', CHAT);
      expect(body).toMatchObject({ messages: { length: 2 } });
    });

    it('refuses a batch as a whole for one of its runs, and asks about each (abuse case 34)', async () => {
      const count = async () => (await alice('POST', '/threads/count', {})).body;
      const before = await count();
      const allowed = { ...CHAT, on_completion: 'keep' };
      for (const [refused, status] of [
        [{ ...allowed, metadata: { forbidden: true } }, 403],
        [{ ...allowed, metadata: { mistaken: true } }, 403],
        [{ ...allowed, assistant_id: 'custom' }, 403],
        [{ ...allowed, assistant_id: randomUUID() }, 404],
      ] as const) {
        expect(await alice('POST', '/runs/batch', [allowed, refused])).toMatchObject({ status });
        expect(await alice('POST', '/runs/batch', [refused, allowed])).toMatchObject({ status });
      }
      expect(await count()).toBe(before);
      policy.taken();
      await alice('POST', '/runs/batch', [CHAT, CHAT, CHAT]);
      const events = policy.taken().map(({ event }) => event);
      expect(events.filter((event) => event === 'threads:create_run')).toHaveLength(3);
      expect(events.filter((event) => event === 'assistants:read')).toHaveLength(3);
    });

    it('queues each run of a batch under the decision about itself', async () => {
      const kept = { ...CHAT, on_completion: 'keep' };
      const batch = [{ ...kept, metadata: { team: 'red' } }, { ...kept, metadata: { team: 'blue' } }, kept];
      const answer = await alice('POST', '/runs/batch', batch);
      expect(answer.status).toBe(200);
      const runs = answer.body as { thread_id: string }[];
      const threads = await Promise.all(runs.map(({ thread_id }) => alice('GET', `/threads/${thread_id}`)));
      expect(threads.map((thread) => (objectOf(thread).metadata as { team?: string }).team)).toEqual([
        'red',
        'blue',
        undefined,
      ]);
    });

    it('tells cancelling from reading, also by the id of the run alone', async () => {
      const threadId = await server.newThread(alice);
      const runId = String(objectOf(await alice('POST', `/threads/${threadId}/runs`, SLOW)).run_id);
      const reader = await server.as('alice', { permissions: ['read-only'] });
      for (const path of [`/threads/${threadId}/runs/${runId}/cancel`, `/runs/${runId}/cancel`])
        expect(await reader('POST', path)).toMatchObject({
          status: 403,
          body: { detail: 'You may only read' },
        });
      expect(await alice('POST', `/runs/${runId}/cancel`)).toMatchObject({ status: 202 });
    });

    it('tells cancelling from reading, also when a reader goes away', async () => {
      const threadId = await server.newThread(alice);
      const slow = { assistant_id: 'slow', input: { ms: 400 } };
      const runId = String(objectOf(await alice('POST', `/threads/${threadId}/runs`, slow)).run_id);
      const leaving = new AbortController();
      const token = await server.token('alice', { permissions: ['read-only'] });
      const path = `${server.url}/threads/${threadId}/runs/${runId}/stream?cancel_on_disconnect=1`;
      policy.taken();
      await fetch(path, { headers: { authorization: `Bearer ${token}` }, signal: leaving.signal });
      leaving.abort();
      await alice('GET', `/threads/${threadId}/runs/${runId}/join`);
      expect(policy.taken()).toContainEqual({
        event: 'threads:update',
        value: {
          thread_id: threadId,
          action: 'interrupt',
          metadata: { run_ids: [runId], status: 'pending' },
        },
      });
      const run = objectOf(await alice('GET', `/threads/${threadId}/runs/${runId}`));
      expect(run.status).toBe('success');
    });

    it('has to allow reading a thread for its runs to be listed', async () => {
      const { threadId } = await finished();
      const searcher = await server.as('alice', { permissions: ['search-only'] });
      expect(await searcher('GET', `/threads/${threadId}/runs`)).toMatchObject({ status: 403 });
    });
  });

  it('keeps the claims of the caller out of every answer (abuse case 19)', async () => {
    const carol = await server.as('carol', { api_token: 'carols-secret' });
    const threadId = String(objectOf(await carol('POST', '/threads', {})).thread_id);
    const body = {
      ...CHAT,
      stream_resumable: true,
      stream_mode: ['values', 'debug', 'tasks', 'checkpoints', 'events'],
    };
    const streamed = await carol('POST', `/threads/${threadId}/runs/stream`, body);
    const path = String(streamed.headers.get('content-location'));
    for (const answer of [
      streamed,
      await carol('POST', `/threads/${threadId}/runs`, body),
      await carol('GET', `/threads/${threadId}/runs`),
      await carol('GET', path),
      await carol('GET', `${path}/join`),
      await carol('GET', `${path}/stream`, undefined, { 'last-event-id': '-1' }),
      await carol('GET', `/threads/${threadId}`),
      await carol('GET', `/threads/${threadId}/state`),
      await carol('POST', `/threads/${threadId}/history`, {}),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/carols-secret|langgraph_auth/);
    }
  });

  it.each([
    '/runs',
    '/runs/wait',
    '/runs/stream',
    '/runs/batch',
    '/runs/cancel',
    `/threads/${randomUUID()}/runs`,
  ])('asks a stranger for a token before anything else: POST %s', async (path) => {
    const response = await fetch(`${server.url}${path}`, { method: 'POST', body: 'not json' });
    expect(response.status).toBe(401);
  });
});
