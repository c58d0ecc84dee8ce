import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { newThread } from '../../../src/threads/thread.factory.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { as, collect, EngineHarness, newRun, until } from './support/engine.harness.js';

describe.each(databases)('the events of runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const gated = (name: string, resumable = false) => ({
    graph_id: 'gated',
    resumable,
    kwargs: { input: { name }, stream_mode: ['updates' as const] },
  });
  const summary = (events: readonly { id: number; event: string; data: unknown }[]) =>
    events.map(({ id, event, data }) => [id, event, data]);
  const expected = (run: { run_id: string }, name: string) => [
    [0, 'metadata', { run_id: run.run_id, attempt: 1 }],
    [1, 'updates', { before: { log: [`${name} came`] } }],
    [2, 'updates', { gate: { log: [`${name} passed`] } }],
  ];

  describe.each([
    { kind: 'resumable', resumable: true },
    { kind: 'not resumable', resumable: false },
  ])('of a run that is $kind', ({ resumable }) => {
    it('are all heard by whoever follows the run from before it is queued, however fast it is', async () => {
      const name = uuid();
      gates.open(name);
      const run = newRun(await server.createThread(), gated(name, resumable), 'alice');
      const { signal } = new AbortController();
      const followed = as('alice', () => server.engine.follow(run.run_id, signal, 'events'));
      await as('alice', () => server.engine.enqueue([run]));
      const { status } = await followed.outcome();
      expect(status).toBe('success');
      expect(summary(await collect(followed.events))).toEqual(expected(run, name));
      expect(summary(await collect(followed.events))).toEqual(expected(run, name));
    });

    it('are all heard by the follower of a run that takes its thread along', async () => {
      const name = uuid();
      gates.open(name);
      const run = newRun(uuid(), { ...gated(name, resumable), temporary: true }, 'alice');
      run.thread = newThread(run.thread_id, { owner: 'alice' });
      const { signal } = new AbortController();
      const followed = as('alice', () => server.engine.follow(run.run_id, signal, 'events'));
      await as('alice', () => server.engine.enqueue([run]));
      expect(await followed.outcome()).toMatchObject({ status: 'success', values: { name } });
      expect(summary(await collect(followed.events))).toEqual(expected(run, name));
      expect(await server.hasThread(run.thread_id)).toBe(false);
    });

    it('are all heard by every reader, from wherever it starts', async () => {
      const name = uuid();
      const run = await server.enqueue(await server.createThread(), gated(name, resumable));
      const early = [collect(server.events(run)), collect(server.events(run))];
      await until('the run is at its gate', () => gates.entered.includes(name));
      const late = [server.events(run), server.events(run, { after: 0 }), server.events(run, { after: 1 })];
      const lateEvents = late.map((events) => collect(events));
      gates.open(name);
      const all = expected(run, name);
      for (const events of early) expect(summary(await events)).toEqual(all);
      for (const [index, events] of lateEvents.entries())
        expect(summary(await events)).toEqual(all.slice(index));
    });

    it('from now on are only those from now on', async () => {
      const name = uuid();
      const run = await server.enqueue(await server.createThread(), gated(name, resumable));
      const [first] = await collect(takeUntilGate(server.events(run), name));
      expect(first?.event).toBe('metadata');
      const live = collect(server.events(run, { live: true }));
      gates.open(name);
      expect(summary(await live)).toEqual(expected(run, name).slice(2));
    });

    it('can be taken up again in mid-run: nothing is lost, nothing comes twice', async () => {
      const name = uuid();
      const run = await server.enqueue(await server.createThread(), gated(name, resumable));
      const before = await collect(takeUntilGate(server.events(run), name));
      const rest = collect(server.events(run, { after: before.at(-1)?.id }));
      gates.open(name);
      expect(summary([...before, ...(await rest)])).toEqual(expected(run, name));
    });

    it('end for a reader that goes away, while the run goes on', async () => {
      const name = uuid();
      const run = await server.enqueue(await server.createThread(), gated(name, resumable));
      const reader = new AbortController();
      const events = collect(server.events(run, { signal: reader.signal }));
      await until('the run is at its gate', () => gates.entered.includes(name));
      reader.abort();
      expect((await events).length).toBeLessThanOrEqual(2);
      gates.open(name);
      expect((await server.outcome(run)).status).toBe('success');
    });

    it('wait for a run that is still pending', async () => {
      const [first, second, thread] = [uuid(), uuid(), await server.createThread()];
      await server.enqueue(thread, gated(first));
      const run = await server.enqueue(thread, gated(second, resumable));
      const events = collect(server.events(run));
      gates.open(first);
      gates.open(second);
      expect(summary(await events)).toEqual(expected(run, second));
    });

    it('are out of reach for those who cannot see the thread', async () => {
      const name = uuid();
      const run = await server.enqueue(await server.createThread(), gated(name, resumable));
      expect(await collect(server.events(run, {}, 'bob'))).toEqual([]);
      gates.open(name);
      await server.outcome(run);
      expect(await collect(server.events(run, {}, 'bob'))).toEqual([]);
      expect(await server.outcome(run, 'bob')).toEqual({ status: 'deleted', values: null, error: null });
    });

    it('end with the error of a run that fails', async () => {
      const run = await server.enqueue(await server.createThread(), {
        graph_id: 'failing',
        resumable,
        kwargs: { input: {}, stream_mode: ['updates'] },
      });
      const events = await collect(server.events(run));
      const outcome = await server.outcome(run);
      expect(outcome.status).toBe('error');
      expect(events.at(-1)).toMatchObject({ event: 'error', data: outcome.error });
    });
  });

  it('of a resumable run can be replayed after its end, from the beginning or from an id', async () => {
    const name = uuid();
    gates.open(name);
    const run = await server.enqueue(await server.createThread(), gated(name, true));
    const live = await collect(server.events(run));
    await server.outcome(run);
    const all = await collect(server.events(run));
    expect(all.map(({ id, event, json }) => [id, event, json])).toEqual(
      live.map(({ id, event, json }) => [id, event, json]),
    );
    expect(summary(all)).toEqual(expected(run, name));
    expect(summary(await collect(server.events(run, { after: 1 })))).toEqual(expected(run, name).slice(2));
    expect(await collect(server.events(run, { after: 99 }))).toEqual([]);
    expect(await collect(server.events(run, { live: true }))).toEqual([]);
  });

  it('of a run that is not resumable are gone after its end', async () => {
    const name = uuid();
    gates.open(name);
    const run = await server.enqueue(await server.createThread(), gated(name));
    await server.outcome(run);
    expect(await collect(server.events(run))).toEqual([]);
  });

  it('of a run that is not there are none', async () => {
    expect(await collect(server.events(newRun(uuid(), {}, 'alice')))).toEqual([]);
  });

  it('announce checkpoints only to those who asked', async () => {
    const modes = async (stream_mode: ('values' | 'checkpoints')[]) => {
      const run = await server.enqueue(await server.createThread(), {
        resumable: true,
        kwargs: { input: {}, stream_mode },
      });
      return (await collect(server.events(run))).map(({ event }) => event);
    };
    expect(new Set(await modes(['values']))).toEqual(new Set(['metadata', 'values']));
    expect(await modes(['checkpoints'])).toContain('checkpoints');
  });
});

/** What comes until the run waits at its gate; then the reader goes away. */
async function* takeUntilGate<T>(events: AsyncIterable<T>, name: string): AsyncGenerator<T> {
  let count = 0;
  for await (const event of events) {
    yield event;
    if (++count === 2) break;
  }
  await until('the run is at its gate', () => gates.entered.includes(name));
}
