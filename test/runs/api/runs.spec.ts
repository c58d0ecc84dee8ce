import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assistantIdOf } from '../../../src/graphs/assistant.id.js';
import type { Caller } from '../../support/application.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from './runs.application.js';

const HELLO = { messages: [{ role: 'human', content: 'hello' }] };
/** Long enough to be in the way, and always cancelled. */
const SLOW = { assistant_id: 'slow', input: { ms: 60_000 } };

describe.each(databases)('runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let alice: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database);
    alice = server.alice;
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const thread = () => server.newThread(alice);
  const post = async (path: string, body: object) => {
    const answer = await alice('POST', path, body);
    return { ...answer, run: objectOf(answer) };
  };
  const wait = (threadId: string, body: object) => alice('POST', `/threads/${threadId}/runs/wait`, body);

  describe('creating one', () => {
    it('answers with the pending run, and where it is', async () => {
      const threadId = await thread();
      const metadata = { k: 'v' };
      const { run, headers } = await post(`/threads/${threadId}/runs`, {
        assistant_id: 'chat',
        input: HELLO,
        metadata,
      });
      expect(run).toMatchObject({
        run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        thread_id: threadId,
        assistant_id: assistantIdOf('chat'),
        status: 'pending',
        multitask_strategy: 'enqueue',
        metadata: { created_by: 'system', owner: 'alice', graph_id: 'chat', k: 'v' },
      });
      expect(Object.keys(run).sort()).toEqual([
        'assistant_id',
        'created_at',
        'kwargs',
        'metadata',
        'multitask_strategy',
        'run_id',
        'status',
        'thread_id',
        'updated_at',
      ]);
      expect(headers.get('content-type')).toContain('application/json');
      expect(headers.get('content-location')).toBe(`/threads/${threadId}/runs/${String(run.run_id)}`);
    });

    it('shows what it is run with, and nothing of the principal', async () => {
      const threadId = await thread();
      const { run, text } = await post(`/threads/${threadId}/runs`, {
        assistant_id: 'chat',
        input: HELLO,
        config: {
          tags: ['t'],
          configurable: { foo: 'bar', langgraph_auth_user_id: 'bob', thread_id: randomUUID() },
        },
      });
      expect(run.kwargs).toMatchObject({
        input: HELLO,
        stream_mode: ['values'],
        temporary: false,
        subgraphs: false,
        resumable: false,
        config: {
          tags: ['t'],
          configurable: {
            foo: 'bar',
            thread_id: threadId,
            run_id: run.run_id,
            graph_id: 'chat',
            user_id: 'alice',
          },
        },
      });
      expect(text).not.toContain('langgraph_auth');
    });

    it('marks the thread with the graph and the assistant', async () => {
      const threadId = await thread();
      await wait(threadId, { assistant_id: 'chat', input: HELLO });
      expect(objectOf(await alice('GET', `/threads/${threadId}`))).toMatchObject({
        status: 'idle',
        metadata: { owner: 'alice', graph_id: 'chat', assistant_id: assistantIdOf('chat') },
        values: { messages: [{ type: 'human' }, { type: 'ai', content: 'You said hello' }] },
      });
    });

    it.each(['', '/wait', '/stream'])(
      'on a missing thread is 404: POST /threads/{id}/runs%s',
      async (form) => {
        const id = randomUUID();
        const answer = await alice('POST', `/threads/${id}/runs${form}`, {
          assistant_id: 'chat',
          input: HELLO,
        });
        expect(answer).toMatchObject({ status: 404, body: { detail: `Thread with ID ${id} not found` } });
      },
    );

    it('makes the missing thread where that is asked for, with the metadata of the run', async () => {
      const id = randomUUID();
      const answer = await wait(id, {
        assistant_id: 'chat',
        input: HELLO,
        if_not_exists: 'create',
        metadata: { topic: 'new' },
      });
      expect(answer.status).toBe(200);
      expect(objectOf(await alice('GET', `/threads/${id}`)).metadata).toEqual({
        owner: 'alice',
        topic: 'new',
        graph_id: 'chat',
        assistant_id: assistantIdOf('chat'),
      });
    });

    it('goes onto the thread that is there already with if_not_exists: create', async () => {
      const threadId = await thread();
      const body = { assistant_id: 'chat', input: HELLO, if_not_exists: 'create' };
      expect((await wait(threadId, body)).status).toBe(200);
      expect((await wait(threadId, body)).body).toMatchObject({ messages: { length: 4 } });
    });

    it.each(['nope', randomUUID()])(
      'with an unknown assistant is 404 that names it: %s',
      async (assistant_id) => {
        const answer = await alice('POST', `/threads/${await thread()}/runs`, { assistant_id, input: HELLO });
        expect(answer).toMatchObject({
          status: 404,
          body: {
            detail: `No assistant found for "${assistant_id}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`,
          },
        });
      },
    );

    it.each<[string, object]>([
      ['assistant_id', {}],
      ['stream_mode', { assistant_id: 'chat', stream_mode: 'nope' }],
      ['multitask_strategy', { assistant_id: 'chat', multitask_strategy: 'nope' }],
      ['on_disconnect', { assistant_id: 'chat', on_disconnect: 'x' }],
    ])('with a wrong %s is 422 that names it', async (field, body) => {
      const answer = await alice('POST', `/threads/${await thread()}/runs`, body);
      expect(answer.status).toBe(422);
      expect(objectOf(answer).detail).toContain(field);
    });

    it('with a thread id that is none is 422', async () => {
      expect(await alice('POST', '/threads/xyz/runs', { assistant_id: 'chat' })).toMatchObject({
        status: 422,
      });
    });

    it('lays its context over the one of the assistant, and hands both to the graph', async () => {
      const assistant = objectOf(
        await alice('POST', '/assistants', {
          graph_id: 'context',
          context: { tone: 'plain', size: 1 },
          config: { configurable: { model: 'small' } },
        }),
      );
      const answer = await wait(await thread(), {
        assistant_id: assistant.assistant_id,
        input: {},
        context: { tone: 'warm' },
      });
      expect(answer.body).toEqual({
        seen: { context: { tone: 'warm', size: 1 }, user: 'alice', model: 'small' },
      });
    });

    it('starts from the checkpoint that it names', async () => {
      const threadId = await thread();
      await wait(threadId, { assistant_id: 'chat', input: HELLO });
      const { checkpoint } = objectOf(await alice('GET', `/threads/${threadId}/state`));
      await wait(threadId, {
        assistant_id: 'chat',
        input: { messages: [{ role: 'human', content: 'two' }] },
      });
      const forked = await wait(threadId, {
        assistant_id: 'chat',
        input: { messages: [{ role: 'human', content: 'other' }] },
        checkpoint,
      });
      expect(forked.body).toMatchObject({
        messages: [{ content: 'hello' }, {}, { content: 'other' }, { content: 'You said other' }],
      });
    });
  });

  describe('waiting for one', () => {
    it('answers with the last values', async () => {
      const threadId = await thread();
      const answer = await wait(threadId, { assistant_id: 'chat', input: HELLO });
      expect(answer).toMatchObject({
        status: 200,
        body: {
          messages: [
            { type: 'human', content: 'hello' },
            { type: 'ai', content: 'You said hello' },
          ],
        },
      });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      const location = answer.headers.get('content-location');
      expect(location).toMatch(new RegExp(`^/threads/${threadId}/runs/[0-9a-f-]{36}$`));
      expect(answer.headers.get('location')).toBe(`${location}/join`);
    });

    it('answers the same whatever is streamed', async () => {
      const body = { assistant_id: 'chat', input: HELLO, stream_mode: ['updates'] };
      expect((await wait(await thread(), body)).body).toMatchObject({ messages: { length: 2 } });
    });

    it('tells of a failure by the name and the message of the error, with status 200', async () => {
      const threadId = await thread();
      const answer = await wait(threadId, { assistant_id: 'failing', input: { messages: [] } });
      const error = { error: 'OutOfCoffeeError', message: 'There is no coffee left' };
      expect(answer).toMatchObject({ status: 200, body: { __error__: error } });
      expect(objectOf(await alice('GET', `/threads/${threadId}`)).status).toBe('error');
    });

    it('answers the state with __interrupt__ where the graph asks, and goes on with the answer', async () => {
      const threadId = await thread();
      const paused = await wait(threadId, { assistant_id: 'review', input: { text: 'poem' } });
      expect(paused.body).toMatchObject({
        text: 'draft of poem',
        __interrupt__: [{ value: { question: 'Publish draft of poem?' } }],
      });
      expect(objectOf(await alice('GET', `/threads/${threadId}`)).status).toBe('interrupted');
      const [run] = (await alice('GET', `/threads/${threadId}/runs`)).body as { status: string }[];
      expect(run.status).toBe('success');
      const resumed = await wait(threadId, { assistant_id: 'review', command: { resume: 'yes' } });
      expect(resumed.body).toEqual({ text: 'draft of poem: yes', verdict: 'yes' });
    });

    it('pauses before and after nodes that are named', async () => {
      const threadId = await thread();
      const body = { assistant_id: 'steps', interrupt_before: ['two'] };
      expect((await wait(threadId, { ...body, input: {} })).body).toMatchObject({ steps: ['one'] });
      const after = await wait(threadId, { assistant_id: 'steps', input: null, interrupt_after: '*' });
      expect(after.body).toMatchObject({ steps: ['one', 'two'] });
    });

    it('can be done later, by joining, as often as one likes', async () => {
      const threadId = await thread();
      const { run } = await post(`/threads/${threadId}/runs`, { assistant_id: 'chat', input: HELLO });
      const path = `/threads/${threadId}/runs/${String(run.run_id)}/join`;
      const values = { messages: [{ content: 'hello' }, { content: 'You said hello' }] };
      for (const query of ['', '?cancel_on_disconnect=0', '?cancel_on_disconnect=false'])
        expect(await alice('GET', `${path}${query}`)).toMatchObject({ status: 200, body: values });
    });

    it('for a run that is missing is 404', async () => {
      const threadId = await thread();
      expect(await alice('GET', `/threads/${threadId}/runs/${randomUUID()}/join`)).toMatchObject({
        status: 404,
        body: { detail: 'Run not found' },
      });
    });

    it('for a run that is due later takes as long', async () => {
      const answer = await wait(await thread(), { assistant_id: 'chat', input: HELLO, after_seconds: 0.2 });
      expect(answer.body).toMatchObject({ messages: { length: 2 } });
    });
  });

  describe('reading them', () => {
    let threadId: string;
    const ids: unknown[] = [];
    beforeAll(async () => {
      threadId = await thread();
      for (const assistant_id of ['chat', 'failing', 'chat']) {
        const { run } = await post(`/threads/${threadId}/runs`, { assistant_id, input: HELLO });
        await alice('GET', `/threads/${threadId}/runs/${String(run.run_id)}/join`);
        ids.unshift(run.run_id);
      }
    });
    const list = async (query = '') => (await alice('GET', `/threads/${threadId}/runs${query}`)).body;

    it('one by one', async () => {
      expect(await alice('GET', `/threads/${threadId}/runs/${String(ids[0])}`)).toMatchObject({
        status: 200,
        body: { run_id: ids[0], status: 'success' },
      });
    });

    it('newest first', async () => {
      expect(await list()).toMatchObject(ids.map((run_id) => ({ run_id })));
    });

    it('page by page', async () => {
      expect(await list('?limit=1&offset=1')).toMatchObject([{ run_id: ids[1] }]);
      const answer = await alice('GET', `/threads/${threadId}/runs?limit=2`);
      expect(answer.headers.get('x-pagination-next')).toBe('2');
    });

    it('by status', async () => {
      expect(await list('?status=error')).toMatchObject([{ run_id: ids[1], status: 'error' }]);
      expect(await list('?status=pending')).toEqual([]);
    });

    it.each([
      'select=run_id&select=status',
      'select=%5B%22run_id%22%2C%22status%22%5D',
      'select=run_id,status',
    ])('with the fields that are asked for: %s', async (query) => {
      expect(await list(`?limit=1&${query}`)).toEqual([{ run_id: ids[0], status: 'success' }]);
    });

    it.each([
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/join'],
      ['POST', '/cancel'],
    ])('%s /threads/{t}/runs/{r}%s is 404 for a run of another thread', async (method, form) => {
      const other = await thread();
      expect(await alice(method, `/threads/${other}/runs/${String(ids[0])}${form}`)).toMatchObject({
        status: 404,
        body: { detail: 'Run not found' },
      });
      expect(await list()).toHaveLength(3);
    });

    it('of a missing thread is 404', async () => {
      const id = randomUUID();
      expect(await alice('GET', `/threads/${id}/runs`)).toMatchObject({
        status: 404,
        body: { detail: `Thread with ID ${id} not found` },
      });
    });
  });

  describe('while one is in the way', () => {
    let threadId: string;
    let busy: string;
    const strategy = (multitask_strategy: string | undefined, form = '') =>
      alice('POST', `/threads/${threadId}/runs${form}`, {
        assistant_id: 'steps',
        input: {},
        multitask_strategy,
      });
    const statusOf = async (runId: string) =>
      (await alice('GET', `/threads/${threadId}/runs/${runId}`)).status;
    const cancelBusy = (query = '') => alice('POST', `/threads/${threadId}/runs/${busy}/cancel${query}`);

    const begin = async () => {
      threadId = await thread();
      busy = String((await post(`/threads/${threadId}/runs`, SLOW)).run.run_id);
    };

    it('reject is 409 in every form, and nothing is created', async () => {
      await begin();
      for (const form of ['', '/wait', '/stream']) {
        expect(await strategy('reject', form)).toMatchObject({
          status: 409,
          body: {
            detail:
              'Thread is already running a task. Wait for it to finish or choose a different multitask strategy.',
          },
        });
      }
      expect((await alice('GET', `/threads/${threadId}/runs`)).body).toHaveLength(1);
      await cancelBusy('?wait=1');
    });

    it('enqueue waits, and is what happens without a word', async () => {
      await begin();
      const queued = objectOf(await strategy(undefined));
      expect(queued).toMatchObject({ status: 'pending', multitask_strategy: 'enqueue' });
      await cancelBusy('?wait=1');
      const joined = await alice('GET', `/threads/${threadId}/runs/${String(queued.run_id)}/join`);
      expect(joined.body).toMatchObject({ steps: ['one', 'two', 'three'] });
    });

    it('interrupt ends the other run and keeps it', async () => {
      await begin();
      expect((await strategy('interrupt', '/wait')).body).toMatchObject({ steps: ['one', 'two', 'three'] });
      expect(objectOf(await alice('GET', `/threads/${threadId}/runs/${busy}`)).status).toBe('interrupted');
    });

    it('rollback ends the other run and deletes it', async () => {
      await begin();
      expect((await strategy('rollback', '/wait')).body).toMatchObject({ steps: ['one', 'two', 'three'] });
      expect(await statusOf(busy)).toBe(404);
    });

    it('cancelling is 202 at once, and 204 when it is waited for', async () => {
      await begin();
      expect(await cancelBusy('?wait=0')).toMatchObject({ status: 202, text: '' });
      await alice('GET', `/threads/${threadId}/runs/${busy}/join`);
      await begin();
      expect(await cancelBusy('?wait=true')).toMatchObject({ status: 204, text: '' });
      expect(objectOf(await alice('GET', `/threads/${threadId}/runs/${busy}`)).status).toBe('interrupted');
    });

    it('cancelling with rollback deletes the run', async () => {
      await begin();
      expect(await cancelBusy('?wait=1&action=rollback')).toMatchObject({ status: 204 });
      expect(await statusOf(busy)).toBe(404);
    });

    it('a pending run can be cancelled and deleted too', async () => {
      await begin();
      const [first, second] = [objectOf(await strategy('enqueue')), objectOf(await strategy('enqueue'))];
      const path = (run: Record<string, unknown>) => `/threads/${threadId}/runs/${String(run.run_id)}`;
      expect(await alice('POST', `${path(first)}/cancel?wait=1`)).toMatchObject({ status: 204 });
      expect(objectOf(await alice('GET', path(first))).status).toBe('interrupted');
      expect(await alice('DELETE', path(second))).toMatchObject({ status: 204 });
      expect(await alice('GET', path(second))).toMatchObject({ status: 404 });
      await cancelBusy('?wait=1');
    });

    it('a running run cannot be deleted: 409', async () => {
      await begin();
      const path = `/threads/${threadId}/runs/${busy}`;
      while (objectOf(await alice('GET', path)).status !== 'running');
      expect(await alice('DELETE', path)).toMatchObject({
        status: 409,
        body: { detail: 'Run is running: cancel it first' },
      });
      await cancelBusy('?wait=1');
    });
  });

  describe('when it has ended', () => {
    it('cannot be cancelled: 409, and nothing changes', async () => {
      const threadId = await thread();
      const { run } = await post(`/threads/${threadId}/runs`, { assistant_id: 'chat', input: HELLO });
      const path = `/threads/${threadId}/runs/${String(run.run_id)}`;
      await alice('GET', `${path}/join`);
      for (const query of ['', '?action=rollback', '?wait=1'])
        expect(await alice('POST', `${path}/cancel${query}`)).toMatchObject({ status: 409 });
      expect(objectOf(await alice('GET', path)).status).toBe('success');
    });

    it('can be deleted, and what it did to the state goes with it', async () => {
      const threadId = await thread();
      await wait(threadId, { assistant_id: 'chat', input: HELLO });
      const { run } = await post(`/threads/${threadId}/runs`, { assistant_id: 'chat', input: HELLO });
      const path = `/threads/${threadId}/runs/${String(run.run_id)}`;
      await alice('GET', `${path}/join`);
      expect(await alice('DELETE', path)).toMatchObject({ status: 204, text: '' });
      expect(await alice('GET', path)).toMatchObject({ status: 404 });
      expect(await alice('DELETE', path)).toMatchObject({ status: 404, body: { detail: 'Run not found' } });
      expect(objectOf(await alice('GET', `/threads/${threadId}`)).values).toMatchObject({
        messages: { length: 2 },
      });
      expect(objectOf(await alice('GET', `/threads/${threadId}/state`)).values).toMatchObject({
        messages: { length: 2 },
      });
    });

    it('is missing for everything else once it is deleted', async () => {
      const threadId = await thread();
      const { run } = await post(`/threads/${threadId}/runs`, { assistant_id: 'chat', input: HELLO });
      const path = `/threads/${threadId}/runs/${String(run.run_id)}`;
      await alice('GET', `${path}/join`);
      await alice('DELETE', path);
      expect((await alice('GET', `/threads/${threadId}/runs`)).body).toEqual([]);
      expect(await alice('POST', `${path}/cancel`)).toMatchObject({ status: 404 });
      expect(await alice('GET', `${path}/join`)).toMatchObject({ status: 404 });
      expect((await alice('GET', `${path}/stream`)).text).toContain('404: Run not found');
    });
  });

  describe('cancelling many', () => {
    const start = async () => {
      const threadId = await thread();
      const { run } = await post(`/threads/${threadId}/runs`, SLOW);
      return { threadId, runId: String(run.run_id) };
    };
    const joined = async ({ threadId, runId }: { threadId: string; runId: string }) => {
      await alice('GET', `/threads/${threadId}/runs/${runId}/join`);
      return objectOf(await alice('GET', `/threads/${threadId}/runs/${runId}`)).status;
    };

    it('by thread and ids is 204', async () => {
      const run = await start();
      const body = { thread_id: run.threadId, run_ids: [run.runId, run.runId] };
      expect(await alice('POST', '/runs/cancel', body)).toMatchObject({ status: 204, text: '' });
      expect(await joined(run)).toBe('interrupted');
    });

    it('by status reaches every thread', async () => {
      const runs = [await start(), await start()];
      expect(await alice('POST', '/runs/cancel', { status: 'all' })).toMatchObject({ status: 204 });
      expect(await Promise.all(runs.map(joined))).toEqual(['interrupted', 'interrupted']);
    });

    it('with one id that is missing is 404, and none is cancelled (abuse case 34)', async () => {
      const run = await start();
      const body = { thread_id: run.threadId, run_ids: [run.runId, randomUUID()] };
      expect(await alice('POST', '/runs/cancel', body)).toMatchObject({ status: 404 });
      expect(objectOf(await alice('GET', `/threads/${run.threadId}/runs/${run.runId}`)).status).not.toBe(
        'interrupted',
      );
      await alice('POST', '/runs/cancel', { run_ids: [run.runId] });
      expect(await joined(run)).toBe('interrupted');
    });

    it('without saying which is 422', async () => {
      expect(await alice('POST', '/runs/cancel', {})).toMatchObject({ status: 422 });
      expect(await alice('POST', '/runs/cancel?action=bad', { status: 'all' })).toMatchObject({
        status: 422,
      });
    });
  });

  describe('without a thread', () => {
    it('answers with the values and leaves nothing behind', async () => {
      const answer = await alice('POST', '/runs/wait', { assistant_id: 'chat', input: HELLO });
      expect(answer.body).toMatchObject({ messages: { length: 2 } });
      const location = String(answer.headers.get('content-location'));
      expect(location).toMatch(/^\/runs\/[0-9a-f-]{36}$/);
      const [, threadId] =
        /^\/threads\/([^/]+)\/runs\/[^/]+\/join$/.exec(answer.headers.get('location') ?? '') ?? [];
      expect(await alice('GET', `/threads/${threadId}`)).toMatchObject({ status: 404 });
      expect(await alice('GET', `${location}/join`)).toMatchObject({ status: 404 });
    });

    it('keeps the thread with on_completion: keep', async () => {
      const { run, headers } = await post('/runs', {
        assistant_id: 'chat',
        input: HELLO,
        on_completion: 'keep',
        metadata: { k: 1 },
      });
      expect(headers.get('content-location')).toBe(`/runs/${String(run.run_id)}`);
      await alice('GET', `/runs/${String(run.run_id)}/join`);
      expect(objectOf(await alice('GET', `/threads/${String(run.thread_id)}`))).toMatchObject({
        status: 'idle',
        metadata: { owner: 'alice', k: 1, graph_id: 'chat' },
        values: { messages: { length: 2 } },
      });
    });

    it('tells of a failure like any other', async () => {
      const answer = await alice('POST', '/runs/wait', { assistant_id: 'failing', input: { messages: [] } });
      expect(answer.body).toMatchObject({ __error__: { error: 'OutOfCoffeeError' } });
    });

    it('can interrupt', async () => {
      const answer = await alice('POST', '/runs/wait', { assistant_id: 'review', input: { text: 'poem' } });
      expect(answer.body).toMatchObject({
        __interrupt__: [{ value: { question: 'Publish draft of poem?' } }],
      });
    });

    it('cannot be sent to a thread by its body', async () => {
      const threadId = await thread();
      const { run } = await post('/runs', { assistant_id: 'chat', input: HELLO, thread_id: threadId });
      expect(run.thread_id).not.toBe(threadId);
    });

    it('can be cancelled by the id of the run alone', async () => {
      const { run } = await post('/runs', { ...SLOW, on_completion: 'keep' });
      const path = `/runs/${String(run.run_id)}`;
      expect(await alice('POST', `${path}/cancel?wait=1`)).toMatchObject({ status: 204 });
      expect(await alice('POST', `${path}/cancel`)).toMatchObject({ status: 409 });
      expect(await alice('POST', `/runs/${randomUUID()}/cancel`)).toMatchObject({ status: 404 });
    });
  });

  describe('many at once', () => {
    const run = { assistant_id: 'chat', input: HELLO, on_completion: 'keep' };

    it('are all created', async () => {
      const answer = await alice('POST', '/runs/batch', [run, { ...run, metadata: { n: 2 } }]);
      expect(answer).toMatchObject({
        status: 200,
        body: [{ status: 'pending' }, { status: 'pending', metadata: { n: 2, owner: 'alice' } }],
      });
      const runs = answer.body as { run_id: string; thread_id: string }[];
      expect(new Set(runs.map(({ thread_id }) => thread_id)).size).toBe(2);
      for (const { run_id } of runs)
        expect((await alice('GET', `/runs/${run_id}/join`)).body).toMatchObject({ messages: { length: 2 } });
    });

    it('or none is', async () => {
      const before = (await alice('POST', '/threads/count', {})).body;
      for (const wrong of [{ assistant_id: 'nope' }, { assistant_id: 'chat', stream_mode: 'nope' }])
        expect([404, 422]).toContain((await alice('POST', '/runs/batch', [run, wrong])).status);
      expect((await alice('POST', '/threads/count', {})).body).toBe(before);
    });

    it('are at least one', async () => {
      expect(await alice('POST', '/runs/batch', [])).toMatchObject({ status: 422 });
      expect(await alice('POST', '/runs/batch', {})).toMatchObject({ status: 422 });
    });
  });
});
