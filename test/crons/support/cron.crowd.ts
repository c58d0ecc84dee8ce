import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DataSourceOptions } from 'typeorm';
import { AssistantVersion } from '../../../src/assistants/assistant-version.entity.js';
import { Assistant } from '../../../src/assistants/assistant.entity.js';
import { Cron } from '../../../src/crons/cron.entity.js';
import { newCron } from '../../../src/crons/cron.factory.js';
import { CreateCron } from '../../../src/crons/dto/create-cron.dto.js';
import { parseObject } from '../../../src/http/route.input.js';
import { runAsSystem } from '../../../src/on-auth/index.js';
import { parsePrincipal, type Principal } from '../../../src/on-auth/principal.js';
import { databaseOptions } from '../../../src/persistence/database.options.js';
import { rowOf } from '../../../src/persistence/row.js';
import { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { Run } from '../../../src/runs/run.entity.js';
import { Thread } from '../../../src/threads/thread.entity.js';

const WORKER = fileURLToPath(new URL('./worker.fixture.ts', import.meta.url));
const LOADER = fileURLToPath(new URL('../../runs/engine/support/typescript.loader.mjs', import.meta.url));
const CHUNK = 500;
const USERS = 100;

/** Many crons in one database, and servers as processes of their own that fire them. */
export class CronCrowd {
  private readonly workers: ChildProcess[] = [];

  private constructor(
    private readonly url: string,
    private readonly dataSource: ScopedDataSource,
  ) {}

  /** On a database that a server has prepared. */
  static async open(url: string): Promise<CronCrowd> {
    const { options, createDriver } = databaseOptions(url);
    const entities = [Assistant, AssistantVersion, Thread, Run, Cron];
    // The spread keeps the type of the database; TypeScript cannot follow it through the union of all databases.
    const merged = { ...options, entities } as DataSourceOptions;
    const dataSource = new ScopedDataSource(merged, { scopeKeys: ['owner'], createDriver });
    return new CronCrowd(url, await dataSource.initialize());
  }

  /** Crons of a hundred people, all due at one moment, and then not again before New Year. */
  async plant(count: number, due: Date): Promise<void> {
    const crons = Array.from({ length: count }, (_, index) => cronDueAt(due, `user-${index % USERS}`));
    for (let start = 0; start < count; start += CHUNK)
      await this.asSystem(({ manager }) =>
        manager.insert(Cron, crons.slice(start, start + CHUNK).map(rowOf<Cron>)),
      );
  }

  /** Starts a server, and settles when it is up. */
  async work(): Promise<ChildProcess> {
    const worker = spawn(process.execPath, ['--import', LOADER, WORKER, this.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.workers.push(worker);
    await Promise.race([once(worker.stdout, 'data'), once(worker, 'exit')]);
    if (worker.exitCode !== null) throw new Error('the worker did not start');
    return worker;
  }

  /** Settles when so many runs were created. */
  async fired(count: number): Promise<void> {
    while ((await this.countRuns()) < count) await sleep(250);
  }

  countRuns(): Promise<number> {
    return this.asSystem(({ manager }) => manager.count(Run));
  }

  /** How often each cron has fired, and what else is not as it should be. */
  async report(): Promise<{
    crons: number;
    runs: number;
    once: number;
    due: number;
    failed: number;
    owned: number;
  }> {
    const runs = await this.asSystem(({ manager }) =>
      manager.find(Run, { select: { run_id: true, metadata: true, principal: true } }),
    );
    const crons = await this.asSystem(({ manager }) => manager.find(Cron));
    const counts = new Map<unknown, number>();
    for (const { metadata } of runs) counts.set(metadata.cron_id, (counts.get(metadata.cron_id) ?? 0) + 1);
    return {
      crons: crons.length,
      runs: runs.length,
      once: crons.filter(({ cron_id }) => counts.get(cron_id) === 1).length,
      due: crons.filter(({ next_run_date }) => !next_run_date || next_run_date.getTime() <= Date.now())
        .length,
      failed: crons.filter(({ last_error }) => last_error !== null).length,
      owned: runs.filter(({ metadata, principal }) => metadata.owner === principal.identity).length,
    };
  }

  async kill(workers: readonly ChildProcess[] = this.workers): Promise<void> {
    const alive = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const exits = alive.map((worker) => once(worker, 'exit'));
    for (const worker of alive) worker.kill('SIGKILL');
    await Promise.all(exits);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.dataSource.destroy();
  }

  private asSystem<T>(work: (dataSource: ScopedDataSource) => Promise<T>): Promise<T> {
    return runAsSystem('a crowd of crons', () => work(this.dataSource));
  }
}

function cronDueAt(next_run_date: Date, identity: string): Cron {
  const request = parseObject(CreateCron, {
    assistant_id: 'slow',
    schedule: '0 0 1 1 *',
    on_run_completed: 'keep',
    metadata: { owner: identity },
  });
  request.runFields = { input: { ms: 3_600_000 } };
  return Object.assign(newCron(request, principalOf(identity)), { next_run_date });
}

function principalOf(identity: string): Principal {
  const principal = parsePrincipal(identity);
  if (!principal) throw new Error(`"${identity}" is no identity`);
  return principal;
}
