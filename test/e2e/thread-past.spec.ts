import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ThreadSweeper } from '../../src/threads/thread.sweeper.js';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

interface StateBody {
  values: { messages: { content: string }[] };
  checkpoint: { checkpoint_id: string; thread_id: string };
  metadata: Record<string, unknown>;
  next: string[];
}

const idOf = (answer: Answer): string => (answer.body as { thread_id: string }).thread_id;
const stateOf = (answer: Answer): StateBody => answer.body as StateBody;
const textsOf = (state: StateBody): string[] => state.values.messages.map(({ content }) => content);

describe.each(databases)('the past of threads on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
    bob = await application.as('bob');
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  const say = (who: Caller, id: string, content: string) =>
    who('POST', `/threads/${id}/runs/wait`, {
      assistant_id: 'agent',
      input: { messages: [{ role: 'user', content }] },
    });

  async function conversation(...texts: string[]): Promise<string> {
    const id = idOf(await alice('POST', '/threads', {}));
    for (const text of texts) await say(alice, id, text);
    return id;
  }

  it('shows the latest state, and each earlier one by its checkpoint', async () => {
    const id = await conversation('one', 'two');
    const latest = stateOf(await alice('GET', `/threads/${id}/state`));
    expect(textsOf(latest)).toEqual(['one', 'echo: one', 'two', 'echo: two']);
    const history = (await alice('POST', `/threads/${id}/history`, { limit: 100 })).body as StateBody[];
    expect(history.length).toBeGreaterThan(4);
    const early = history.find(({ values }) => values.messages?.length === 2)!;
    const { checkpoint_id } = early.checkpoint;
    expect(textsOf(stateOf(await alice('GET', `/threads/${id}/state/${checkpoint_id}`)))).toEqual([
      'one',
      'echo: one',
    ]);
    const byBody = await alice('POST', `/threads/${id}/state/checkpoint`, { checkpoint: { checkpoint_id } });
    expect(textsOf(stateOf(byBody))).toEqual(['one', 'echo: one']);
  });

  it('pages through the history by limit and before, in both forms', async () => {
    const id = await conversation('one', 'two');
    const all = (await alice('GET', `/threads/${id}/history?limit=100`)).body as StateBody[];
    const ids = all.map(({ checkpoint }) => checkpoint.checkpoint_id);
    const page = (await alice('GET', `/threads/${id}/history?limit=2&before=${ids[1]}`)).body as StateBody[];
    expect(page.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual(ids.slice(2, 4));
    const body = { limit: 2, before: { configurable: { checkpoint_id: ids[1] } } };
    const posted = (await alice('POST', `/threads/${id}/history`, body)).body as StateBody[];
    expect(posted.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual(ids.slice(2, 4));
  });

  it('never tells the principal in states and history (abuse case 43)', async () => {
    const id = await conversation('one');
    const text =
      (await alice('POST', `/threads/${id}/history`, {})).text +
      (await alice('GET', `/threads/${id}/state`)).text;
    expect(text).not.toContain('langgraph_auth');
  });

  it('adds a checkpoint as if a node had returned the values', async () => {
    const id = await conversation('one');
    const values = { messages: [{ role: 'user', content: 'added' }] };
    const answer = await alice('POST', `/threads/${id}/state`, { values, as_node: 'agent' });
    expect(answer).toMatchObject({ status: 200, body: { checkpoint: { thread_id: id } } });
    expect(textsOf(stateOf(await alice('GET', `/threads/${id}/state`)))).toEqual([
      'one',
      'echo: one',
      'added',
    ]);
    const thread = (await alice('GET', `/threads/${id}`)).body as StateBody;
    expect(textsOf(thread)).toEqual(['one', 'echo: one', 'added']);
  });

  it.each(['nobody', '__proto__', 'constructor'])(
    'refuses the unknown node %s with 422, and keeps the state',
    async (as_node) => {
      const id = await conversation('one');
      expect(await alice('POST', `/threads/${id}/state`, { values: {}, as_node })).toMatchObject({
        status: 422,
      });
      expect(textsOf(stateOf(await alice('GET', `/threads/${id}/state`)))).toEqual(['one', 'echo: one']);
    },
  );

  it('starts a thread with supersteps, or not at all', async () => {
    const supersteps = [
      { updates: [{ values: { messages: [{ role: 'user', content: 'long ago' }] }, as_node: '__start__' }] },
      { updates: [{ values: { messages: [{ role: 'assistant', content: 'indeed' }] }, as_node: 'agent' }] },
    ];
    const made = await alice('POST', '/threads', { metadata: { graph_id: 'agent' }, supersteps });
    expect(made.status).toBe(200);
    expect(textsOf(made.body as StateBody)).toEqual(['long ago', 'indeed']);
    expect(await alice('POST', '/threads', { supersteps })).toMatchObject({ status: 400 });
    const thread_id = randomUUID();
    const wrong = [{ updates: [{ values: {}, as_node: 'nobody' }] }];
    expect(
      await alice('POST', '/threads', { thread_id, metadata: { graph_id: 'agent' }, supersteps: wrong }),
    ).toMatchObject({ status: 422 });
    expect(await alice('GET', `/threads/${thread_id}`)).toMatchObject({ status: 404 });
  });

  describe('a copy', () => {
    it('has the values and every checkpoint of its source, and lives on by itself', async () => {
      const id = await conversation('one');
      const answer = await alice('POST', `/threads/${id}/copy`);
      const copy = idOf(answer);
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'idle', metadata: { owner: 'alice', thread_id: copy } },
      });
      expect(copy).not.toBe(id);
      await say(alice, copy, 'two');
      expect(textsOf(stateOf(await alice('GET', `/threads/${copy}/state`)))).toEqual([
        'one',
        'echo: one',
        'two',
        'echo: two',
      ]);
      expect(textsOf(stateOf(await alice('GET', `/threads/${id}/state`)))).toEqual(['one', 'echo: one']);
      const copied = (await alice('POST', `/threads/${copy}/history`, { limit: 100 })).body as StateBody[];
      expect(copied.every(({ checkpoint }) => checkpoint.thread_id === copy)).toBe(true);
    });

    it('outlives its source', async () => {
      const id = await conversation('one');
      const copy = idOf(await alice('POST', `/threads/${id}/copy`));
      await alice('DELETE', `/threads/${id}`);
      expect(textsOf(stateOf(await alice('GET', `/threads/${copy}/state`)))).toEqual(['one', 'echo: one']);
    });

    it("of somebody else's thread is refused as of none (abuse cases 31 and 43)", async () => {
      const id = await conversation('one');
      for (const source of [id, randomUUID()]) {
        expect(await bob('POST', `/threads/${source}/copy`)).toMatchObject({
          status: 409,
          text: '{"detail":"Thread not found"}',
        });
      }
    });
  });

  describe('pruning', () => {
    it('deletes visible threads and counts them', async () => {
      const ids = [await conversation('one'), await conversation('two')];
      const foreign = idOf(await bob('POST', '/threads', {}));
      const answer = await alice('POST', '/threads/prune', { thread_ids: [...ids, foreign, randomUUID()] });
      expect(answer).toMatchObject({ status: 200, body: { pruned_count: 2 } });
      expect(await alice('GET', `/threads/${ids[0]}`)).toMatchObject({ status: 404 });
      expect(await bob('GET', `/threads/${foreign}`)).toMatchObject({ status: 200 });
    });

    it('keeps the latest checkpoint where it is asked to', async () => {
      const id = await conversation('one', 'two');
      await alice('POST', '/threads/prune', { thread_ids: [id], strategy: 'keep_latest' });
      expect((await alice('POST', `/threads/${id}/history`, { limit: 100 })).body).toHaveLength(1);
      await say(alice, id, 'three');
      expect(textsOf(stateOf(await alice('GET', `/threads/${id}/state`)))).toHaveLength(6);
    });
  });

  it('ends with the time to live, one way or the other', async () => {
    const gone = idOf(await alice('POST', '/threads', { ttl: 5 }));
    const kept = idOf(await alice('POST', '/threads', { ttl: { ttl: 5, strategy: 'keep_latest' } }));
    const other = idOf(await alice('POST', '/threads', {}));
    await say(alice, kept, 'one');
    const sweeper = application.app.get(ThreadSweeper, { strict: false });
    expect(await sweeper.sweep(new Date(Date.now() + 4 * 60_000))).toBe(0);
    expect(await sweeper.sweep(new Date(Date.now() + 6 * 60_000))).toBe(2);
    expect(await alice('GET', `/threads/${gone}`)).toMatchObject({ status: 404 });
    expect(await alice('GET', `/threads/${other}`)).toMatchObject({ status: 200 });
    expect((await alice('POST', `/threads/${kept}/history`, {})).body).toHaveLength(1);
    expect(await sweeper.sweep(new Date(Date.now() + 6 * 60_000))).toBe(0);
  });
});
