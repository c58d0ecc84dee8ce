import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { CancelAction, Run } from '../../run.entity.js';
import { RunExecutor } from '../execution/run.executor.js';
import { RunTask } from '../execution/run.task.js';
import type { LiveRun } from '../live.run.js';
import { LiveRuns } from '../live.runs.js';
import { leaseOf } from '../queue/lease.js';
import { RunQueue } from '../queue/run.queue.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { GONE, outcomeOf } from '../run.outcome.js';
import { RunAnnouncer } from '../run.announcer.js';
import { ThreadFollowers } from '../relay/thread.followers.js';
import { QueueAlarm } from './queue.alarm.js';

/** How long a graph may take to stop, once it is told to. */
const STOP_PATIENCE_MS = 3_000;

/**
 * Executes runs, as many at a time as it has seats. It claims from the queue whenever it is woken and a seat is free, and is
 * itself woken by whatever may have freed a seat or put a run into the queue.
 */
@Injectable()
export class RunWorker {
  private readonly logger = new Logger(RunWorker.name);
  private readonly running = new Map<RunTask, Promise<void>>();
  private readonly alarm = new QueueAlarm(() => this.wake());
  private occupied = 0;
  private accepting = false;
  private suspending = false;
  /** Runs in the queue may be waiting for a seat: who comes now comes after them. */
  private othersWait = false;
  private wanted = false;
  private filling: Promise<void> | undefined;

  constructor(
    private readonly queue: RunQueue,
    private readonly executor: RunExecutor,
    private readonly liveRuns: LiveRuns,
    private readonly announcer: RunAnnouncer,
    private readonly threads: ThreadFollowers,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  get tasks(): readonly RunTask[] {
    return [...this.running.keys()];
  }

  isExecuting(runId: string): boolean {
    for (const { run } of this.running.keys()) if (run.run_id === runId) return true;
    return false;
  }

  open(): void {
    this.accepting = true;
    this.wake();
  }

  /** Looks into the queue. @param at when there will be something, in milliseconds since the epoch */
  wake(at = 0): void {
    if (!this.accepting) return;
    if (at > Date.now()) {
      this.alarm.set(at);
      return;
    }
    this.wanted = true;
    this.filling ??= this.fill();
  }

  /**
   * Reserves a seat for a run that is about to be queued, if no other run waits for one. It has to be left again, or given to `start`.
   */
  takeSeat(): boolean {
    if (this.othersWait || !this.hasFreeSeat) {
      this.othersWait = true;
      return false;
    }
    this.occupied += 1;
    return true;
  }

  leaveSeat(): void {
    this.occupied -= 1;
    this.wake();
  }

  /** Executes a run that is claimed for this worker, on a seat that was taken for it. */
  start(run: Run): void {
    this.threads.expect(run);
    const task = new RunTask(run);
    // Was claimed while the server was stopping.
    if (this.suspending) task.stop({ kind: 'suspend' });
    this.running.set(task, this.work(task));
  }

  cancel(runId: string, action: CancelAction): void {
    for (const task of this.tasks) if (task.run.run_id === runId) task.stop({ kind: 'cancel', action });
  }

  /** Claims nothing more, lets runs end within the grace period, and hands the rest back. */
  async close(): Promise<void> {
    this.accepting = false;
    this.alarm.clear();
    await this.idleWithin(this.options.gracePeriodMs);
    this.suspending = true;
    for (const task of this.tasks) task.stop({ kind: 'suspend' });
    await this.idleWithin(STOP_PATIENCE_MS);
  }

  private get hasFreeSeat(): boolean {
    return this.accepting && this.occupied < this.options.concurrency;
  }

  private async fill(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      try {
        await this.claimForFreeSeats();
      } catch (error) {
        // The next heartbeat looks again.
        this.logger.error(
          `The queue cannot be read: ${error instanceof Error ? error.message : typeof error}`,
        );
      }
    }
    this.filling = undefined;
  }

  private async claimForFreeSeats(): Promise<void> {
    if (!this.hasFreeSeat) return;
    if (!this.othersWait) {
      const due = await this.queue.firstDue();
      if (due === undefined || due > Date.now()) {
        this.setAlarm(due);
        return;
      }
      this.othersWait = true;
    }
    await this.claimWhatWaits();
  }

  private async claimWhatWaits(): Promise<void> {
    while (this.hasFreeSeat) {
      this.occupied += 1;
      const run = await this.claim();
      if (!run) {
        this.othersWait = false;
        this.setAlarm(await this.queue.nextDue());
        return;
      }
      this.start(run);
    }
  }

  private async claim(): Promise<Run | undefined> {
    let run: Run | undefined;
    try {
      run = await this.queue.claim();
      return run;
    } finally {
      if (!run) this.occupied -= 1;
    }
  }

  private setAlarm(due: number | undefined): void {
    if (due !== undefined && this.accepting) this.alarm.set(due);
  }

  /** Never rejects. */
  private async work(task: RunTask): Promise<void> {
    const { run_id } = task.run;
    const done = new AbortController();
    const live = this.liveRuns.hold(run_id, done.signal);
    try {
      await this.execute(task, live);
    } catch (error) {
      // The lease expires, and another attempt is made.
      this.logger.error(`Run ${run_id} was given up: ${error instanceof Error ? error.name : typeof error}`);
    } finally {
      done.abort();
      this.running.delete(task);
      this.leaveSeat();
      // What waited for this run on its thread is for others.
      if (!this.accepting) this.announcer.handedBack();
    }
  }

  private async execute(task: RunTask, live: LiveRun): Promise<void> {
    const { run_id } = task.run;
    const ending = await this.executor.execute(task, live);
    if (ending === 'suspend') {
      await this.queue.release(leaseOf(task.run));
      return;
    }
    if (ending === 'lost' && (await this.queue.has(run_id))) return;
    this.announcer.ended(run_id, ending === 'lost' ? GONE : outcomeOf(ending));
  }

  /** Nothing is being claimed, and nothing is running. */
  private async idle(): Promise<void> {
    await this.filling;
    await Promise.all(this.running.values());
  }

  private async idleWithin(ms: number): Promise<void> {
    const idle = new AbortController();
    const timeout = sleep(ms, undefined, { signal: idle.signal }).catch(() => undefined);
    await Promise.race([this.idle(), timeout]);
    idle.abort();
  }
}
