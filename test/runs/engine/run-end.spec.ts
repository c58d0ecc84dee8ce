import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { CheckpointBlob } from '../../../src/graphs/checkpointer/checkpoint-blob.entity.js';
import { CheckpointWrite } from '../../../src/graphs/checkpointer/checkpoint-write.entity.js';
import { Checkpoint } from '../../../src/graphs/checkpointer/checkpoint.entity.js';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { Sqlite3Connection } from '../../../src/persistence/sqlite3/sqlite3.connection.js';
import { ThreadFollowers } from '../../../src/runs/engine/relay/thread.followers.js';
import type { RunEvent } from '../../../src/runs/engine/run.engine.js';
import { RunWorker } from '../../../src/runs/engine/worker/run.worker.js';
import { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { as, collect, EngineHarness, until, type RunSettings } from './support/engine.harness.js';

/** Longer than what comes with the thread in one statement on SQLite. */
const LONG = 100_000;
/** The input, the start, and what the first node did. */
const STEPS_BEFORE_THE_GATE = 3;

describe.each(databases)('the end of a run, on $dialect', ({ create }) => {
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

  /** A run through all gates, with an input of that many characters. */
  async function played(length: number): Promise<Run> {
    const name = uuid().padEnd(length, 'x');
    gates.open(name);
    const run = await server.enqueue(await server.createThread(), {
      graph_id: 'gated',
      kwargs: { input: { name } },
    });
    await server.outcome(run);
    return run;
  }

  /** What it left, without the names of things. */
  function leftBy({ run_id, thread_id }: Run): Promise<unknown> {
    return runAsSystem('look at what a run has left', async () => {
      const { manager } = server.dataSource;
      const [checkpoints, blobs, writes] = [
        await manager.find(Checkpoint, { where: { thread_id }, order: { checkpoint_id: 'ASC' } }),
        await manager.find(CheckpointBlob, {
          where: { thread_id },
          order: { channel: 'ASC', version: 'ASC' },
        }),
        await manager.find(CheckpointWrite, { where: { thread_id } }),
      ];
      const { status, error, worker_id, lease_expires_at, ended_at, updated_at } = (await server.findRun({
        run_id,
      } as Run))!;
      return {
        run: {
          status,
          error,
          worker_id,
          lease_expires_at,
          isUpdated: ended_at!.getTime() === updated_at.getTime(),
        },
        thread: (await server.thread(thread_id)).status,
        checkpoints: checkpoints.map(({ parent_checkpoint_id, run_id: by, type, metadata }, index) => ({
          follows: parent_checkpoint_id === (checkpoints[index - 1]?.checkpoint_id ?? null),
          isBy: by === run_id,
          type,
          metadata: {
            ...metadata,
            run_id: metadata.run_id === run_id,
            assistant_id: typeof metadata.assistant_id,
          },
        })),
        blobs: blobs.map(({ channel, version, type, checkpoint_ns }) => ({
          channel,
          step: parseInt(version, 10),
          type,
          checkpoint_ns,
        })),
        writes: writes
          .map(({ channel, idx, type, run_id: by }) => [channel, idx, type, by === run_id].join(' '))
          .sort(),
      };
    });
  }

  it('leaves the same, whether what it saves is short or long', async () => {
    const short = await leftBy(await played(36));
    expect(short).toMatchObject({
      run: { status: 'success', error: null, worker_id: null, isUpdated: true },
      thread: 'idle',
    });
    expect(await leftBy(await played(LONG))).toEqual(short);
  });

  it('leaves the thread busy for a run that waits, and idle after the last one', async () => {
    const threadId = await server.createThread();
    const gated = (): RunSettings => ({ graph_id: 'gated', kwargs: { input: { name: uuid() } } });
    const runs = [await server.enqueue(threadId, gated()), await server.enqueue(threadId, gated())];
    const nameOf = ({ kwargs }: Run): string => (kwargs.input as { name: string }).name;
    gates.open(nameOf(runs[0]));
    await server.outcome(runs[0]);
    await until('the next one is at its gate', () => gates.entered.includes(nameOf(runs[1])));
    expect((await server.thread(threadId)).status).toBe('busy');
    gates.open(nameOf(runs[1]));
    await server.outcome(runs[1]);
    expect((await server.thread(threadId)).status).toBe('idle');
  });

  it('takes nothing from who streams the thread, and finds the run only afterwards', async () => {
    const leaving = new AbortController();
    const threadId = await server.createThread();
    await server.app.get(ThreadFollowers, { strict: false }).follow(threadId, leaving.signal);
    const run = await server.enqueue(threadId, { graph_id: 'echo' });
    await server.outcome(run);
    const late = (owner: string): Promise<RunEvent[]> =>
      as(owner, () => collect(server.engine.events(run.run_id, { recent: true, signal: leaving.signal })));
    const told = (await late('alice')).map(({ event }) => event);
    expect(told.slice(0, 1)).toEqual(['metadata']);
    expect(told.length).toBeGreaterThan(1);
    expect(await late('bob')).toEqual([]);
    leaving.abort();
  });

  it('takes one statement on SQLite, and no transaction', async () => {
    const name = uuid();
    const run = await server.enqueue(await server.createThread(), {
      graph_id: 'gated',
      kwargs: { input: { name } },
    });
    await until(
      'what it did before its gate is saved',
      async () => (await stepsOf(run)) === STEPS_BEFORE_THE_GATE,
    );
    const execute = jest.spyOn(Sqlite3Connection.prototype, 'execute');
    try {
      gates.open(name);
      await server.outcome(run);
      const kinds = execute.mock.calls.map(([{ kind }]) => kind).filter((kind) => kind !== 'read');
      expect(kinds).toEqual(server.dataSource.options.type === 'postgres' ? [] : ['write']);
    } finally {
      execute.mockRestore();
    }
  });

  it.each([
    ['stays where another worker holds the run by now', { worker_id: 'somebody else' }, 'running'],
    ['goes where somebody has interrupted the run', { cancel_action: 'interrupt' as const }, undefined],
  ])('the thread of a stateless run %s', async (_, change, status) => {
    const name = uuid();
    const run = await server.enqueueWithThread({
      graph_id: 'gated',
      temporary: true,
      kwargs: { input: { name } },
    });
    await until('the run is at its gate', () => gates.entered.includes(name));
    await runAsSystem('get in between', () =>
      server.dataSource.manager.update(Run, { run_id: run.run_id }, change),
    );
    gates.open(name);
    const worker = server.app.get(RunWorker, { strict: false });
    await until('the worker has done with it', () => !worker.isExecuting(run.run_id));
    expect((await server.findRun(run))?.status).toBe(status);
    expect(await server.hasThread(run.thread_id)).toBe(status !== undefined);
  });

  function stepsOf({ thread_id }: Run): Promise<number> {
    return runAsSystem('count checkpoints', () =>
      server.dataSource.manager.countBy(Checkpoint, { thread_id }),
    );
  }
});
