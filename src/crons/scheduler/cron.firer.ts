import { Injectable, Logger } from '@nestjs/common';
import { answerTo } from '../../http/exception.filter.js';
import { parseObject } from '../../http/route.input.js';
import { AuthorizationContext, Authorizer, HandlerFaultError } from '../../on-auth/index.js';
import { CreateRun, CreateThreadRun, createRun, createRunValue } from '../../runs/dto/create-run.dto.js';
import type { Run } from '../../runs/run.entity.js';
import { RunCreator } from '../../runs/run.creator.js';
import { isOver } from '../cron.dates.js';
import type { Cron } from '../cron.entity.js';
import { CronQueue, OccurrenceTakenError } from './cron.queue.js';

/** How often an occurrence is tried that fails for no reason of its own, such as a fault of the database. */
const MAX_ATTEMPTS = 5;

/** Fires crons: creates a run for their creator, as a request of the creator's would now. */
@Injectable()
export class CronFirer {
  private readonly logger = new Logger(CronFirer.name);

  constructor(
    private readonly queue: CronQueue,
    private readonly authorizer: Authorizer,
    private readonly runs: RunCreator,
  ) {}

  /** Fires the occurrence that a cron was claimed for, or records why it cannot. Never rejects. */
  async fire(cron: Cron): Promise<void> {
    try {
      await this.tryToFire(cron);
    } catch (fault) {
      // The claim expires, and another attempt is made.
      this.logger.error(`Cron ${cron.cron_id} was given up for now: ${nameOf(fault)}`);
    }
  }

  private async tryToFire(cron: Cron): Promise<void> {
    try {
      if (isOver(cron, new Date())) await this.queue.advance(cron, { kind: 'over' });
      else await this.createRun(cron);
    } catch (error) {
      if (error instanceof OccurrenceTakenError) return;
      await this.record(cron, error);
    }
  }

  /**
   * The handlers decide by the recorded principal and what they know now: no decision of the past is kept. The run and the step to the
   * next occurrence are committed together.
   */
  private createRun(cron: Cron): Promise<Run> {
    const { principal } = cron;
    return AuthorizationContext.run({ kind: 'principal', principal, decisions: new Map() }, () => {
      const request = requestOf(cron);
      const value = createRunValue(request, principal);
      return this.authorizer.within('threads:create_run', value, () =>
        this.runs.create(withCronId(cron, createRun.accept(request, value)), (manager) =>
          this.queue.advance(cron, { kind: 'fired' }, manager),
        ),
      );
    });
  }

  /** What the API would have answered is for the owner to see. A fault that says nothing about the cron is tried again first. */
  private async record(cron: Cron, error: unknown): Promise<void> {
    const { status, detail } = answerTo(error);
    const isFault = status >= 500 && !(error instanceof HandlerFaultError);
    if (isFault && cron.attempts < MAX_ATTEMPTS) throw error;
    this.logger.warn(`Cron ${cron.cron_id} did not fire: ${status} ${nameOf(error)}`);
    const at = new Date().toISOString();
    await this.queue.advance(cron, { kind: 'failed', error: { at, status, detail } }).catch(ignoreTaken);
  }
}

/** The request that the creator would make now. @throws HttpException 422 where the server no longer takes what it took once */
function requestOf(cron: Cron): CreateRun | CreateThreadRun {
  const { payload, assistant_id, thread_id } = cron;
  const body = { ...payload, assistant_id, metadata: { ...payload.metadata, cron_id: cron.cron_id } };
  if (thread_id !== null) return parseObject(CreateThreadRun, { ...body, thread_id }, ['input']);
  return parseObject(CreateRun, { ...body, on_completion: cron.on_run_completed }, ['input']);
}

/** Whatever a handler made of the metadata, it says which cron the run comes from. */
function withCronId({ cron_id }: Cron, request: CreateRun): CreateRun {
  request.metadata = { ...request.metadata, cron_id };
  return request;
}

function ignoreTaken(error: unknown): void {
  if (!(error instanceof OccurrenceTakenError)) throw error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
