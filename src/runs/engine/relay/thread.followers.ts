import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import type { Run } from '../../run.entity.js';
import { Bell } from '../events/bell.js';
import { LiveRuns } from '../live.runs.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { followThreadSql, followThreadsSql, revisionsSql } from './thread.statements.js';

/** How long the row of a thread says that it is streamed, and how much of that may pass before it is said again. */
const FOLLOWED_MS = 120_000;
const RENEW_AFTER_MS = 60_000;
/** How long the events of a run are kept for who streams its thread here: a run may have ended before it is found in the table. */
const KEPT_MS = 10_000;

interface FollowedThread {
  readonly bell: Bell;
  readers: number;
  revision: number;
  saidAt: number;
}

interface ThreadRevision {
  readonly thread_id: string;
  readonly revision: number;
}

/**
 * The threads that somebody streams here. Their rows say so, and runs that are queued on them anywhere are followed from their first
 * event on, however fast they are.
 */
@Injectable()
export class ThreadFollowers {
  private readonly logger = new Logger(ThreadFollowers.name);
  private readonly threads = new Map<string, FollowedThread>();
  private readonly isShared: boolean;
  private readonly processId: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    @Inject(RUN_ENGINE_OPTIONS) { workerId }: RunEngineOptions,
  ) {
    this.isShared = isPostgres(dataSource);
    this.processId = workerId;
  }

  /**
   * Follows a thread that the caller has found in its scope, until the signal aborts.
   * @returns a bell that rings whenever the thread may have got a run
   */
  async follow(threadId: string, signal: AbortSignal): Promise<Bell> {
    const followed = this.threads.get(threadId) ?? { bell: new Bell(), readers: 0, revision: 0, saidAt: 0 };
    this.threads.set(threadId, followed);
    followed.readers += 1;
    if (signal.aborted) this.leave(threadId, followed);
    else signal.addEventListener('abort', () => this.leave(threadId, followed), { once: true });
    if (this.isShared) this.note(await this.say(followThreadSql, threadId));
    return followed.bell;
  }

  /** A run is about to begin here. */
  expect({ run_id, thread_id }: Pick<Run, 'run_id' | 'thread_id'>): void {
    if (this.threads.has(thread_id)) this.liveRuns.keep(run_id, AbortSignal.timeout(KEPT_MS));
  }

  /** The thread has a new run. */
  hear(threadId: string): void {
    this.threads.get(threadId)?.bell.ring();
  }

  /** Rings for the threads that have changed, whatever signals have told. Never rejects. */
  async look(): Promise<void> {
    if (!this.isShared || this.threads.size === 0) return;
    try {
      const ids = JSON.stringify([...this.threads.keys()]);
      this.note(await this.ask(revisionsSql, [ids]));
      const due = performance.now() - RENEW_AFTER_MS;
      const late = [...this.threads].filter(([, { saidAt }]) => saidAt < due).map(([threadId]) => threadId);
      if (late.length > 0) this.note(await this.say(followThreadsSql, JSON.stringify(late)));
    } catch (error) {
      this.logger.warn(`Threads cannot be seen: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  private async say(sql: string, threads: string): Promise<ThreadRevision[]> {
    const now = Date.now();
    const rows = await this.ask(sql, [threads, this.processId, now, now + FOLLOWED_MS]);
    for (const { thread_id } of rows) {
      const followed = this.threads.get(thread_id);
      if (followed) followed.saidAt = performance.now();
    }
    return rows;
  }

  private note(rows: readonly ThreadRevision[]): void {
    for (const { thread_id, revision } of rows) {
      const followed = this.threads.get(thread_id);
      if (!followed || followed.revision === revision) continue;
      followed.revision = revision;
      followed.bell.ring();
    }
  }

  private leave(threadId: string, followed: FollowedThread): void {
    followed.readers -= 1;
    if (followed.readers === 0) this.threads.delete(threadId);
  }

  private ask(sql: string, parameters: readonly unknown[]): Promise<ThreadRevision[]> {
    return runAsSystem('follow the runs of threads', () =>
      rowsOf<ThreadRevision>(this.dataSource.manager, sql, parameters),
    );
  }
}
