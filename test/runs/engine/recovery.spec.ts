import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { rowOf } from '../../../src/persistence/row.js';
import type { RunEvent } from '../../../src/runs/engine/run.engine.js';
import { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { collect, EngineHarness, until } from './support/engine.harness.js';

const LEASE_MS = 600;

describe.each(databases)('a run whose worker is lost on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { leaseMs: LEASE_MS });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const gated = (name: string) => ({ graph_id: 'gated', kwargs: { input: { name } } });
  const entered = (name: string) => gates.entered.filter((each) => each === name).length;
  const change = ({ run_id }: Run, change: Partial<Run>) =>
    runAsSystem('be another process', () =>
      server.dataSource.manager.update(Run, { run_id }, rowOf<Run>(change)),
    );
  /** As if another worker had claimed it, and gone silent after a while. */
  const takeAway = (run: Run, forMs: number) =>
    change(run, { worker_id: 'another', attempt: 2, lease_expires_at: new Date(Date.now() + forMs) });

  it('is claimed again when the lease has expired, and continues from its last checkpoint', async () => {
    const name = uuid();
    const thread = await server.createThread();
    const run = await server.enqueue(thread, gated(name));
    const outcome = server.outcome(run);
    await until('the run is at its gate', () => entered(name) === 1);
    await takeAway(run, -1);
    await until('the run is at its gate again', () => entered(name) === 2);
    gates.open(name);
    expect(await outcome).toMatchObject({
      status: 'success',
      values: { log: [`${name} came`, `${name} passed`] },
    });
    expect(await server.findRun(run)).toMatchObject({ status: 'success', attempt: 3, lease_losses: 1 });
    expect(await server.thread(thread)).toMatchObject({ status: 'idle' });
  });

  it('is not touched any more by the worker that lost it', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, {
      graph_id: 'stubborn',
      kwargs: { input: { ms: 50, steps: 1 } },
    });
    await takeAway(run, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    expect(await server.findRun(run)).toMatchObject({ status: 'running', worker_id: 'another', attempt: 2 });
    expect((await server.thread(thread)).status).toBe('busy');
    const outcome = server.outcome(run);
    await change(run, { lease_expires_at: new Date(0) });
    expect((await outcome).status).toBe('success');
  });

  it('keeps its lease as long as its worker lives', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    gates.open(name);
    await server.outcome(run);
    expect(entered(name)).toBe(1);
    expect(await server.findRun(run)).toMatchObject({ attempt: 1, lease_losses: 0 });
  });

  it('is not tried for ever: it may be what its workers die of', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { afterMs: 100 });
    await change(run, { lease_losses: 5 });
    expect(await server.outcome(run)).toMatchObject({ status: 'error', error: { error: 'WorkerLostError' } });
    expect((await server.thread(thread)).status).toBe('error');
  });

  it('ends as cancelled, without being executed again, when it was cancelled meanwhile', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    const outcome = server.outcome(run);
    await until('the run is at its gate', () => entered(name) === 1);
    await change(run, {
      worker_id: 'another',
      attempt: 2,
      lease_expires_at: new Date(0),
      cancel_action: 'interrupt',
    });
    expect((await outcome).status).toBe('interrupted');
    expect(entered(name)).toBe(1);
  });

  it('hears of a cancellation by another process at its next heartbeat', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    await until('the run is at its gate', () => entered(name) === 1);
    await change(run, { cancel_action: 'rollback' });
    expect((await server.outcome(run)).status).toBe('deleted');
    expect(await server.findRun(run)).toBeNull();
  });

  it('is cancelled though its graph had finished, when the cancellation came before its end was recorded', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), gated(name));
    await until('the run is at its gate', () => entered(name) === 1);
    await change(run, { cancel_action: 'interrupt' });
    gates.open(name);
    expect((await server.outcome(run)).status).toBe('interrupted');
  });

  it('tells a reader of its events nothing twice, and leaves nothing out', async () => {
    const name = uuid();
    const thread = await server.createThread();
    const run = await server.enqueue(thread, {
      graph_id: 'saying',
      resumable: true,
      kwargs: { input: { name }, stream_mode: ['values', 'updates', 'custom'] },
    });
    const all: RunEvent[] = [];
    const reading = (async () => {
      for await (const event of server.events(run)) all.push(event);
    })();
    await until('the run is at its gate, and the reader has heard all so far', () => all.length === 8);
    await takeAway(run, -1);
    await until('the run is at its gate again', () => entered(name) === 2);
    gates.open(name);
    await reading;
    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index));
    expect(all.map(({ event, data }) => [event, data])).toEqual([
      ['metadata', { run_id: run.run_id, attempt: 1 }],
      ['values', { name, log: [] }],
      ['custom', 'same'],
      ['custom', 'same'],
      ['updates', { one: { log: ['one'] } }],
      ['values', { name, log: ['one'] }],
      ['custom', 'same'],
      ['custom', 'same'],
      ['metadata', { run_id: run.run_id, attempt: 3 }],
      ['custom', 'same'],
      ['custom', 'more'],
      ['updates', { two: { log: ['two'] } }],
      ['values', { name, log: ['one', 'two'] }],
      ['custom', 'same'],
      ['custom', 'same'],
      ['updates', { three: { log: ['three'] } }],
      ['values', { name, log: ['one', 'two', 'three'] }],
    ]);
    const replayed = await collect(server.events(run));
    expect(replayed.map(({ id, json }) => [id, json])).toEqual(all.map(({ id, json }) => [id, json]));
  });

  it('tells a reader everything, wherever its worker was lost', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), {
      graph_id: 'saying',
      resumable: true,
      kwargs: { input: { name }, stream_mode: ['values', 'updates', 'custom'] },
    });
    const events = collect(server.events(run));
    // At this moment its last events may or may not be stored, and its last checkpoint may or may not be saved.
    await until('the run is at its gate', () => entered(name) === 1);
    await takeAway(run, -1);
    gates.open(name);
    const said = (await events)
      .filter(({ event }) => event !== 'metadata')
      .map(({ event, json }) => `${event} ${json}`);
    expect(said.sort()).toEqual(
      [
        ...Array<string>(7).fill('custom "same"'),
        'custom "more"',
        'updates {"one":{"log":["one"]}}',
        'updates {"two":{"log":["two"]}}',
        'updates {"three":{"log":["three"]}}',
        ...[[], ['one'], ['one', 'two'], ['one', 'two', 'three']].map(
          (log) => `values ${JSON.stringify({ log, name })}`,
        ),
      ].sort(),
    );
  });
});
