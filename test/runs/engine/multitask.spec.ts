import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { ThreadBusyError } from '../../../src/runs/engine/run.errors.js';
import type { MultitaskStrategy } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { EngineHarness, until } from './support/engine.harness.js';

describe.each(databases)('a second run on a busy thread on $dialect', ({ create }) => {
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

  const gated = (name: string, multitask_strategy: MultitaskStrategy = 'enqueue') => ({
    graph_id: 'gated',
    multitask_strategy,
    kwargs: { input: { name } },
  });

  /** A thread that already has a state, with a run at its gate and one that waits behind it. */
  async function busyThread() {
    const [past, first, second, next] = [
      `past ${uuid()}`,
      `first ${uuid()}`,
      `second ${uuid()}`,
      `next ${uuid()}`,
    ];
    const thread = await server.createThread();
    gates.open(past);
    await server.run(thread, gated(past));
    const running = await server.enqueue(thread, gated(first));
    const pending = await server.enqueue(thread, gated(second));
    await until('the first run is at its gate', () => gates.entered.includes(first));
    gates.open(next);
    return { thread, running, pending, past, first, second, next };
  }

  it('is refused with reject, while another one is running', async () => {
    const { thread, running, pending, first, second, next } = await busyThread();
    await expect(server.enqueue(thread, gated(next, 'reject'))).rejects.toThrow(ThreadBusyError);
    gates.open(first);
    gates.open(second);
    expect((await server.outcome(running)).status).toBe('success');
    expect((await server.outcome(pending)).status).toBe('success');
  });

  it('is refused with reject, while another one waits for its time', async () => {
    const thread = await server.createThread();
    const delayed = await server.enqueue(thread, { afterMs: 60_000 });
    await expect(server.enqueue(thread, { multitask_strategy: 'reject' })).rejects.toThrow(ThreadBusyError);
    await server.cancel([delayed], 'rollback');
    expect((await server.run(thread, { multitask_strategy: 'reject' })).status).toBe('success');
  });

  it('comes after the others with enqueue', async () => {
    const { thread, running, pending, past, first, second, next } = await busyThread();
    const last = await server.enqueue(thread, gated(next));
    gates.open(second);
    gates.open(first);
    const { values } = await server.outcome(last);
    const log = [past, first, second, next].flatMap((name) => [`${name} came`, `${name} passed`]);
    expect(values).toEqual({ name: next, log });
    expect((await server.findRun(running))?.status).toBe('success');
    expect((await server.findRun(pending))?.status).toBe('success');
  });

  it('takes over with interrupt, from what the others have done', async () => {
    const { thread, running, pending, past, first, next } = await busyThread();
    const last = await server.enqueue(thread, gated(next, 'interrupt'));
    const { status, values } = await server.outcome(last);
    expect(status).toBe('success');
    expect(values).toEqual({
      name: next,
      log: [`${past} came`, `${past} passed`, `${first} came`, `${next} came`, `${next} passed`],
    });
    for (const run of [running, pending]) {
      expect(await server.findRun(run)).toMatchObject({ status: 'interrupted', ended_at: expect.any(Date) });
      expect((await server.outcome(run)).status).toBe('interrupted');
    }
    expect((await server.thread(thread)).status).toBe('idle');
  });

  it('takes over with rollback, as if the others had never been', async () => {
    const { thread, running, pending, past, next } = await busyThread();
    const last = await server.enqueue(thread, gated(next, 'rollback'));
    const { status, values } = await server.outcome(last);
    expect(status).toBe('success');
    expect(values).toEqual({
      name: next,
      log: [`${past} came`, `${past} passed`, `${next} came`, `${next} passed`],
    });
    for (const run of [running, pending]) expect(await server.findRun(run)).toBeNull();
  });

  it.each(['interrupt', 'rollback'] as const)(
    'starts at once with %s when all the others are pending',
    async (strategy) => {
      const thread = await server.createThread();
      const delayed = await server.enqueue(thread, { afterMs: 60_000 });
      expect((await server.run(thread, { multitask_strategy: strategy })).status).toBe('success');
      expect((await server.findRun(delayed))?.status).toBe(
        strategy === 'interrupt' ? 'interrupted' : undefined,
      );
      expect((await server.thread(thread)).status).toBe('idle');
    },
  );
});
