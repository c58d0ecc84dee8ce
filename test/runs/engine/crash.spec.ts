import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { crowdGraphs, fullLog } from './support/crowd.js';
import { collect, EngineHarness, until } from './support/engine.harness.js';

const FIXTURE = fileURLToPath(new URL('./support/crowd.fixture.ts', import.meta.url));
const LOADER = fileURLToPath(new URL('./support/typescript.loader.mjs', import.meta.url));
const RUNS = 200;
const LEASE_MS = 2_000;

/** Starts a server with many runs, and ends it when the first of them have ended. */
async function serveAndEnd(url: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const parameters = [url, String(RUNS), String(LEASE_MS)];
  const child = spawn(process.execPath, ['--import', LOADER, FIXTURE, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!child.killed && Number(chunk.trim().split('\n').at(-1)) >= 10) child.kill(signal);
  });
  expect(await exited).toEqual(signal === 'SIGKILL' ? [null, signal] : [0, null]);
}

describe.each(databases)('a server with 200 runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness | undefined;

  beforeEach(async () => {
    database = await create();
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await database.drop();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'that is ended by %s loses none of them and finishes none twice',
    async (signal) => {
      await serveAndEnd(database.url, signal);
      const next = await EngineHarness.start(
        database.url,
        { concurrency: 25, leaseMs: LEASE_MS },
        crowdGraphs,
      );
      server = next;
      const before = endedOf(await next.allRuns());
      const patienceMs = 40_000;
      await until('all runs have ended', async () => (await next.countRuns('success')) === RUNS, patienceMs);
      const runs = await next.allRuns();

      expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'success'));
      const left = runs.filter(({ attempt }) => attempt > 1);
      expect(left.length).toBeGreaterThan(0);
      expect(left.filter(({ lease_losses }) => lease_losses > 0).length).toBe(
        signal === 'SIGKILL' ? left.length : 0,
      );
      expect(new Map([...endedOf(runs)].filter(([id]) => before.has(id)))).toEqual(before);
      for (const threadId of new Set(runs.map(({ thread_id }) => thread_id))) {
        const { status, values } = await next.thread(threadId);
        expect({ status, values }).toMatchObject({ status: 'idle', values: { log: fullLog(threadId) } });
      }
      await Promise.all(runs.map((run) => expectEachEventOnce(next, run)));
    },
    60_000,
  );
});

/** When which run has ended. */
function endedOf(runs: readonly Run[]): Map<string, number> {
  return new Map(runs.flatMap(({ run_id, ended_at }) => (ended_at ? [[run_id, ended_at.getTime()]] : [])));
}

async function expectEachEventOnce(server: EngineHarness, run: Run): Promise<void> {
  const events = await collect(server.events(run));
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index));
  const updates = events
    .filter(({ event }) => event === 'updates')
    .map(({ data }) => Object.keys(data as object));
  expect(updates).toEqual([['one'], ['two'], ['three']]);
}
