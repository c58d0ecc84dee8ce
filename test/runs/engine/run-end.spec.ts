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

/** Longer than what comes with the thread in one statement. */
const LONG = 100_000;
/** The input, the start, and what the first node did. */
const STEPS_BEFORE_THE_GATE = 3;

const FOLLOW_RUN = 'UPDATE "run" SET "outcome_for" = $2 WHERE "run_id" = $1';
const FOLLOW_THREAD = `UPDATE "thread" SET "followed_by" = $2, "followed_until" = 9e15
  WHERE "thread_id" = (SELECT "thread_id" FROM "run" WHERE "run_id" = $1)`;
const ENDS = 'SELECT 1 FROM "relayed_end" WHERE "run_id" = $1';
const LOCK = 'SELECT 1 FROM "thread" WHERE "thread_id" = $1 FOR UPDATE';
const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
/** One like the first, that is not due yet. */
const QUEUE_ANOTHER = `INSERT INTO "run" SELECT (jsonb_populate_record(r, jsonb_build_object('run_id', $2::text,
  'status', 'pending', 'worker_id', NULL, 'lease_expires_at', NULL, 'position', 99, 'run_after', 8e15::bigint))).*
  FROM "run" r WHERE "run_id" = $1`;

describe.each(databases)('the end of a run, on $dialect', ({ dialect, create }) => {
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

  it.each([
    ['takes one statement, and no transaction', {}],
    ['takes no more where the run is stateless', { temporary: true }],
  ])('%s', async (_, settings) => {
    const { run, open } = await atItsGate(settings);
    const execute = jest.spyOn(Sqlite3Connection.prototype, 'execute');
    const transaction = jest.spyOn(server.dataSource, 'transaction');
    try {
      open();
      await server.outcome(run);
      const kinds = execute.mock.calls.map(([{ kind }]) => kind).filter((kind) => kind !== 'read');
      expect(kinds).toHaveLength(dialect === 'postgres' ? 0 : 1);
      expect(transaction).not.toHaveBeenCalled();
    } finally {
      execute.mockRestore();
      transaction.mockRestore();
    }
  });

  it('leaves the thread of a stateless run where another worker holds the run by now', async () => {
    const { run, open } = await atItsGate({ temporary: true });
    await change(run, { worker_id: 'somebody else' });
    open();
    await untilLeft(run);
    expect((await server.findRun(run))?.status).toBe('running');
    expect(await server.hasThread(run.thread_id)).toBe(true);
  });

  it('of a stateless run that somebody has interrupted is that, and its thread goes', async () => {
    const { run, open } = await atItsGate({ temporary: true });
    const outcome = server.outcome(run);
    await change(run, { cancel_action: 'interrupt' });
    open();
    expect(await outcome).toMatchObject({ status: 'interrupted' });
    expect(await server.hasThread(run.thread_id)).toBe(false);
  });

  it.each([
    ['interrupted by somebody is that', { cancel_action: 'interrupt' as const }, 'interrupted', 'idle'],
    ['held by another worker by now goes on', { worker_id: 'somebody else' }, 'running', 'busy'],
  ])('of one that was %s', async (_, changed, status, left) => {
    const { run, open } = await atItsGate();
    await change(run, changed);
    open();
    await untilLeft(run);
    expect((await server.findRun(run))?.status).toBe(status);
    expect((await server.thread(run.thread_id)).status).toBe(left);
  });

  if (dialect === 'postgres') {
    it.each([
      ['follows the run', FOLLOW_RUN],
      ['streams the thread', FOLLOW_THREAD],
    ])('is told to another process that %s', async (_, follow) => {
      const { run, open } = await atItsGate();
      await system(() => server.dataSource.query(follow, [run.run_id, 'another process']));
      open();
      await server.outcome(run);
      expect(await system(() => server.dataSource.query(ENDS, [run.run_id]))).toHaveLength(1);
      expect(await leftBy(run)).toMatchObject({ run: { status: 'success' }, thread: 'idle' });
    });

    it.each([
      ['follows a stateless run', FOLLOW_RUN],
      ['streams its thread', FOLLOW_THREAD],
    ])('is told to another process that %s', async (_, follow) => {
      const { run, open } = await atItsGate({ temporary: true });
      await system(() => server.dataSource.query(follow, [run.run_id, 'another process']));
      open();
      await server.outcome(run);
      expect(await system(() => server.dataSource.query(ENDS, [run.run_id]))).toHaveLength(1);
      expect(await server.hasThread(run.thread_id)).toBe(false);
    });

    it('leaves the thread busy for a run that was queued while it waited for the thread', async () => {
      const { run, open } = await atItsGate();
      const runner = server.dataSource.createQueryRunner();
      try {
        await system(async () => {
          await runner.startTransaction();
          await runner.query(LOCK, [run.thread_id]);
          open();
          await until(
            'the end waits for the thread',
            async () => ((await runner.query(WAITING)) as unknown[]).length > 0,
          );
          await runner.query(QUEUE_ANOTHER, [run.run_id, uuid()]);
          await runner.commitTransaction();
        });
        await server.outcome(run);
        expect((await server.thread(run.thread_id)).status).toBe('busy');
      } finally {
        await runner.release();
      }
    });
  }

  /** A run that has saved all but what comes after its gate. */
  async function atItsGate(settings: RunSettings = {}): Promise<{ run: Run; open: () => void }> {
    const name = uuid();
    const gated: RunSettings = { graph_id: 'gated', kwargs: { input: { name } }, ...settings };
    const run = settings.temporary
      ? await server.enqueueWithThread(gated)
      : await server.enqueue(await server.createThread(), gated);
    await until('the run is at its gate', () => gates.entered.includes(name));
    if (!settings.temporary)
      await until('its steps are saved', async () => (await stepsOf(run)) === STEPS_BEFORE_THE_GATE);
    return { run, open: () => gates.open(name) };
  }

  /** Gets in between. */
  function change({ run_id }: Run, columns: Partial<Pick<Run, 'worker_id' | 'cancel_action'>>) {
    return system(() => server.dataSource.manager.update(Run, { run_id }, columns));
  }

  function untilLeft({ run_id }: Run): Promise<void> {
    const worker = server.app.get(RunWorker, { strict: false });
    return until('the worker has done with it', () => !worker.isExecuting(run_id));
  }

  function system<T>(work: () => Promise<T>): Promise<T> {
    return runAsSystem('get in between', work);
  }

  function stepsOf({ thread_id }: Run): Promise<number> {
    return runAsSystem('count checkpoints', () =>
      server.dataSource.manager.countBy(Checkpoint, { thread_id }),
    );
  }
});
