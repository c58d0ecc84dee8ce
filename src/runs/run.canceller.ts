import { ConflictException, Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type FindOptionsWhere, type Repository } from 'typeorm';
import { Authorizer } from '../on-auth/index.js';
import { ThreadsService } from '../threads/threads.service.js';
import { cancelValue, type CancelRun, type CancelRuns, type CancelThreadRun } from './dto/cancel-run.dto.js';
import { RunEngine } from './engine/run.engine.js';
import { Run } from './run.entity.js';
import { runNotFound } from './runs.service.js';

const LIVE = { pending: ['pending'], running: ['running'], all: ['pending', 'running'] } as const;
/** Runs that are cancelled in one go. */
const BATCH = 500;

/** Cancels runs, one or many, in the scope of a `threads:update` decision. */
@Injectable()
export class RunCanceller {
  private readonly logger = new Logger(RunCanceller.name);

  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    private readonly threads: ThreadsService,
    private readonly authorizer: Authorizer,
    private readonly engine: RunEngine,
  ) {}

  /**
   * @throws NotFoundException when there is no such run, or none that is visible
   * @throws ConflictException when the run has ended already
   */
  async cancel({ run_id, thread_id, action, wait }: CancelThreadRun): Promise<void> {
    if (!(await this.runs.existsBy({ run_id, thread_id }))) throw runNotFound();
    const cancelled = await this.engine.cancel([run_id], action, { wait });
    if (cancelled === 0) throw new ConflictException('Run has already ended');
  }

  /** The same where only the run's id is known: it is looked up in the current scope, and being allowed to read it is not enough. */
  async cancelById({ run_id, action, wait }: CancelRun): Promise<void> {
    const run = await this.runs.findOne({ where: { run_id }, select: { run_id: true, thread_id: true } });
    if (!run) throw runNotFound();
    const { thread_id } = run;
    const value = cancelValue({ thread_id, run_ids: [run_id], action });
    await this.authorizer.within('threads:update', value, () =>
      this.cancel({ run_id, thread_id, action, wait }),
    );
  }

  /**
   * Cancels what is live among the runs that are meant, of visible threads only.
   *
   * @throws NotFoundException when the thread or one of the runs is not there, or not visible; then nothing is cancelled
   */
  async cancelMany({ thread_id, run_ids, status = 'all', action }: CancelRuns): Promise<void> {
    if (thread_id !== undefined) await this.threads.get(thread_id);
    const ids = run_ids && [...new Set(run_ids)];
    const meant = { ...(thread_id !== undefined && { thread_id }), ...(ids && { run_id: In(ids) }) };
    if (ids && (await this.runs.countBy(meant)) !== ids.length) throw runNotFound();
    await this.cancelLive({ ...meant, status: In(LIVE[status]) }, action);
  }

  /** For a client that has gone away and asked for this when it created the run. */
  withdraw({ run_id }: Run): Promise<void> {
    return this.quietly(run_id, () => this.engine.cancel([run_id], 'interrupt', { wait: false }));
  }

  /** The same for one who only reads: cancelling takes a decision of its own, whoever asked for it. */
  withdrawAsReader({ run_id, thread_id }: Run): Promise<void> {
    const value = cancelValue({ thread_id, run_ids: [run_id], action: 'interrupt' });
    const cancel = () => this.engine.cancel([run_id], 'interrupt', { wait: false });
    return this.quietly(run_id, () => this.authorizer.within('threads:update', value, cancel));
  }

  /** Nobody is left to be told of a failure. */
  private async quietly(runId: string, cancel: () => Promise<unknown>): Promise<void> {
    try {
      await cancel();
    } catch (error) {
      this.logger.warn(`run ${runId} was not cancelled when its client went away: ${String(error)}`);
    }
  }

  private async cancelLive(where: FindOptionsWhere<Run>, action: CancelRun['action']): Promise<void> {
    const live = await this.runs.find({ where, select: { run_id: true } });
    const ids = live.map(({ run_id }) => run_id);
    for (let start = 0; start < ids.length; start += BATCH)
      await this.engine.cancel(ids.slice(start, start + BATCH), action, { wait: false });
  }
}
