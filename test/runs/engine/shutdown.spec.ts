import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { RunSuspendedError } from '../../../src/runs/engine/run.errors.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { collect, EngineHarness, until } from './support/engine.harness.js';

describe.each(databases)('a server that stops on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;
  let next: EngineHarness | undefined;

  beforeEach(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { gracePeriodMs: 200 });
  });
  afterEach(async () => {
    await next?.stop();
    next = undefined;
    await database.drop();
  });

  const gated = (name: string, resumable = false) => ({
    graph_id: 'gated',
    resumable,
    kwargs: { input: { name }, stream_mode: ['updates' as const] },
  });

  it('lets running runs end within its grace period', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    const outcome = server.outcome(run);
    await until('the run is at its gate', () => gates.entered.includes(name));
    const stopped = server.stop();
    gates.open(name);
    expect((await outcome).status).toBe('success');
    await stopped;
  });

  it('hands back what has not ended then, and the next one continues it', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name, true));
    const events = collect(server.events(run));
    const outcome = expect(server.outcome(run)).rejects.toThrow(RunSuspendedError);
    await until('the run is at its gate', () => gates.entered.includes(name));
    await server.stop();
    await outcome;
    const before = await events;
    expect(before.map(({ event }) => event)).toEqual(['metadata', 'updates']);

    next = await EngineHarness.start(database.url);
    await until(
      'the run is at its gate again',
      () => gates.entered.filter((each) => each === name).length === 2,
    );
    expect(await next.findRun(run)).toMatchObject({ status: 'running', attempt: 2, lease_losses: 0 });
    const rest = collect(next.events(run, { after: before.at(-1)?.id }));
    gates.open(name);
    expect(await next.outcome(run)).toMatchObject({
      status: 'success',
      values: { log: [`${name} came`, `${name} passed`] },
    });
    expect([...before, ...(await rest)].map(({ id, event, data }) => [id, event, data])).toEqual([
      [0, 'metadata', { run_id: run.run_id, attempt: 1 }],
      [1, 'updates', { before: { log: [`${name} came`] } }],
      [2, 'metadata', { run_id: run.run_id, attempt: 2 }],
      [3, 'updates', { gate: { log: [`${name} passed`] } }],
    ]);
  });

  it('never gives an event of a continued run an id that an earlier one had', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    const before = collect(server.events(run));
    await until('the run is at its gate', () => gates.entered.includes(name));
    await server.stop();
    const lastId = (await before).at(-1)?.id ?? -1;

    next = await EngineHarness.start(database.url);
    const rest = collect(next.events(run, { after: lastId }));
    gates.open(name);
    const events = await rest;
    expect(events.map(({ event }) => event)).toEqual(['metadata', 'updates']);
    expect(Math.min(...events.map(({ id }) => id))).toBeGreaterThan(lastId);
  });

  it('claims nothing more, and leaves what is queued meanwhile to the next one', async () => {
    const [name, thread] = [uuid(), await server.createThread()];
    const other = await server.createThread();
    const running = await server.enqueue(thread, gated(name));
    const pending = await server.enqueue(thread);
    await until('the run is at its gate', () => gates.entered.includes(name));
    const stopped = server.stop();
    const late = await server.enqueue(other);
    gates.open(name);
    await stopped;

    next = await EngineHarness.start(database.url);
    expect((await next.findRun(running))?.status).toBe('success');
    expect((await next.outcome(pending)).status).toBe('success');
    expect((await next.outcome(late)).status).toBe('success');
    expect(await next.findRun(late)).toMatchObject({ attempt: 1 });
  });

  it('tells those who wait for a pending run that it stops', async () => {
    const run = await server.enqueue(await server.createThread(), { afterMs: 60_000 });
    const outcome = expect(server.outcome(run)).rejects.toThrow(RunSuspendedError);
    const events = collect(server.events(run));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.stop();
    await outcome;
    expect(await events).toEqual([]);
  });
});
