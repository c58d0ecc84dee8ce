import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { EventsLostError } from '../../../src/runs/engine/run.errors.js';
import type { RunEvent } from '../../../src/runs/engine/run.engine.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { collect, EngineHarness } from './support/engine.harness.js';

const SIZE = 1_000_000;
/** More than is kept in memory of one run. */
const COUNT = 24;

describe.each(databases)('a reader that is much too slow on $dialect', ({ create }) => {
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

  /** A run that says much, and a reader that has read its first event when the run has ended. */
  async function readTooSlowly(resumable: boolean) {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), {
      graph_id: 'loud',
      resumable,
      kwargs: { input: { name, size: SIZE, count: COUNT }, stream_mode: ['custom'] },
    });
    const reader = server.events(run)[Symbol.asyncIterator]();
    const first = await reader.next();
    gates.open(name);
    const { status } = await server.outcome(run);
    return { status, first: first.value as RunEvent, rest: { [Symbol.asyncIterator]: () => reader } };
  }

  it('does not hold up a resumable run, and gets everything in the end', async () => {
    const { status, first, rest } = await readTooSlowly(true);
    expect(status).toBe('success');
    const events = [first, ...(await collect(rest))];
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index));
    expect(events).toHaveLength(1 + COUNT);
  });

  it('does not hold up a run that is not resumable, and is told what it missed', async () => {
    const { status, rest } = await readTooSlowly(false);
    expect(status).toBe('success');
    await expect(collect(rest)).rejects.toThrow(EventsLostError);
  });
});
