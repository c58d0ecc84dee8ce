import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphEvent } from '../../src/graphs/execution/run.request.js';
import { databases } from '../support/databases.js';
import { as } from './support/graph.database.js';
import { GraphHarness, hello } from './support/graph.harness.js';

class CancelledError extends Error {}

describe.each(databases)('a run that does not end well, on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  beforeAll(async () => {
    graphs = await GraphHarness.open(await create());
  });
  afterAll(() => graphs.close());

  it.each(['slow', 'stubborn'])('is aborted at once with the reason of its signal: %s', async (graph) => {
    const abort = new AbortController();
    const request = graphs.request(graph, { ms: 60_000 }, await graphs.createThread(), {
      signal: abort.signal,
    });
    const reason = new CancelledError('cancelled by the user');
    setTimeout(() => abort.abort(reason), 50);
    await expect(graphs.collect(request)).rejects.toBe(reason);
  });

  it('is not begun when it is aborted already', async () => {
    const threadId = await graphs.createThread();
    const reason = new CancelledError('too late');
    const run = graphs.run('agent', hello, { threadId, signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
    expect(await graphs.historyOf(threadId, 'agent')).toEqual([]);
  });

  it('keeps the steps that were done before it was aborted', async () => {
    const threadId = await graphs.createThread();
    const abort = new AbortController();
    const request = graphs.request('slow', { ms: 20, steps: 1000 }, threadId, { signal: abort.signal });
    const events: GraphEvent[] = [];
    await as('alice', async () => {
      try {
        for await (const event of graphs.executor.stream(request))
          if (events.push(event) === 5) abort.abort();
      } catch {
        // Aborted, as intended.
      }
    });
    const { values } = await graphs.stateOf(threadId, 'slow');
    expect(values).toMatchObject({ done: expect.any(Number) });
    expect((values as { done: number }).done).toBeGreaterThanOrEqual(3);
    expect((values as { done: number }).done).toBeLessThan(1000);
  });

  it('writes nothing any more once its iteration has ended', async () => {
    const threadId = await graphs.createThread();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    await graphs.run('stubborn', { ms: 150 }, { threadId, signal: abort.signal }).catch(() => undefined);
    const before = await as('alice', () => graphs.keeper.read(threadId));
    await sleep(250);
    expect(await as('alice', () => graphs.keeper.read(threadId))).toEqual(before);
  });

  it('ends when its reader stops reading', async () => {
    const threadId = await graphs.createThread();
    await as('alice', async () => {
      for await (const { event } of graphs.executor.stream(
        graphs.request('slow', { ms: 50, steps: 100 }, threadId),
      ))
        if (event === 'values') break;
    });
    const before = await as('alice', () => graphs.keeper.read(threadId));
    await sleep(200);
    expect(await as('alice', () => graphs.keeper.read(threadId))).toEqual(before);
  });

  it('throws what the graph threw, after the events that came before', async () => {
    const threadId = await graphs.createThread();
    const events: GraphEvent[] = [];
    const run = as('alice', async () => {
      for await (const event of graphs.executor.stream(graphs.request('failing', hello, threadId)))
        events.push(event);
    });
    await expect(run).rejects.toMatchObject({ message: 'There is no coffee left' });
    expect(events.map(({ event }) => event)).toEqual(['metadata', 'values', 'values']);
    const summary = await as('alice', () => graphs.state.summary({ threadId, graphId: 'failing' }));
    expect(summary).toMatchObject({ next: ['fail'], error: 'There is no coffee left', interrupts: {} });
  });

  it('can be begun again by another run on the thread', async () => {
    const threadId = await graphs.createThread();
    await graphs.run('failing', hello, { threadId }).catch(() => undefined);
    const events = await graphs.run('failing', { messages: 'work' }, { threadId });
    expect(JSON.stringify(events.at(-1)?.data)).toContain('worked');
  });

  it('goes on from its last checkpoint when it is attempted again', async () => {
    const threadId = await graphs.createThread();
    const runId = crypto.randomUUID();
    const abort = new AbortController();
    const first = graphs.request('slow', { ms: 20, steps: 8 }, threadId, { runId, signal: abort.signal });
    let steps = 0;
    await as('alice', async () => {
      try {
        for await (const { event } of graphs.executor.stream(first)) {
          if (event === 'values' && ++steps === 4) abort.abort();
        }
      } catch {
        // The server was stopped.
      }
    });
    const done = ((await graphs.stateOf(threadId, 'slow')).values as { done: number }).done;
    const events = await graphs.run('slow', { ms: 20, steps: 8 }, { threadId, runId, attempt: 2 });
    expect(events[0]?.data).toMatchObject({ done });
    expect(events.at(-1)?.data).toMatchObject({ done: 8 });
    expect(events).toHaveLength(1 + 8 - done);
  });

  it.each([
    ['async', 4],
    ['exit', 4],
    // Here LangGraph tells the values of a step only when its checkpoint is saved.
    ['sync', 3],
  ] as const)(
    'lets what it emitted be stored before what it wrote, with durability %s',
    async (durability, values) => {
      const threadId = await graphs.createThread();
      let emitted = 0;
      const saves: { emitted: number; checkpoints: number }[] = [];
      const beforeSave = async (): Promise<void> => {
        await sleep(1);
        const { checkpoints } = await as('alice', () => graphs.keeper.read(threadId));
        saves.push({ emitted, checkpoints: checkpoints.length });
      };
      const request = graphs.request('slow', { ms: 10, steps: 3 }, threadId, { durability, beforeSave });
      await as('alice', async () => {
        for await (const { event } of graphs.executor.stream(request)) if (event === 'values') emitted += 1;
      });
      const { checkpoints } = await as('alice', () => graphs.keeper.read(threadId));
      expect(saves.length).toBeGreaterThan(0);
      for (const save of saves) expect(save.checkpoints).toBeLessThanOrEqual(save.emitted + 1);
      expect(saves.at(-1)).toMatchObject({ emitted: values });
      expect(checkpoints.length).toBeGreaterThan(saves.at(-1)?.checkpoints ?? 0);
    },
  );

  it('fails where what it emitted cannot be stored', async () => {
    const threadId = await graphs.createThread();
    const fault = new Error('the lease is lost');
    const run = graphs.run('steps', { steps: [] }, { threadId, beforeSave: () => Promise.reject(fault) });
    await expect(run).rejects.toBe(fault);
    expect(await graphs.historyOf(threadId, 'steps')).toEqual([]);
  });

  it('begins from the start when it is attempted again without a checkpoint', async () => {
    const threadId = await graphs.createThread();
    const events = await graphs.run('steps', { steps: [] }, { threadId, attempt: 2 });
    expect(events.at(-1)?.data).toEqual({ steps: ['one', 'two', 'three'] });
  });

  it.each([
    ['sync', 5],
    ['async', 5],
    ['exit', 1],
  ] as const)('keeps checkpoints with durability %s', async (durability, count) => {
    const threadId = await graphs.createThread();
    await graphs.run('steps', { steps: [] }, { threadId, durability });
    expect(await graphs.historyOf(threadId, 'steps')).toHaveLength(count);
    expect((await graphs.stateOf(threadId, 'steps')).values).toEqual({ steps: ['one', 'two', 'three'] });
  });
});
