import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Assistant } from '../assistants/assistant.entity.js';
import {
  AuthorizationContext,
  Authorizer,
  ForbiddenError,
  ScopeMissingError,
  type Decision,
} from '../on-auth/index.js';
import { newThread } from '../threads/thread.factory.js';
import { ThreadsService } from '../threads/threads.service.js';
import type { Thread } from '../threads/thread.entity.js';
import { AssistantFinder } from './assistant.finder.js';
import { createRun, createRunValue, type CreateRun, type CreateThreadRun } from './dto/create-run.dto.js';
import type { CreateRunBatch } from './dto/run-batch.dto.js';
import { RunEngine, type Alongside, type FollowedRun, type RunInterest } from './engine/run.engine.js';
import { ThreadBusyError, ThreadNotVisibleError, ThreadTakenError } from './engine/run.errors.js';
import type { Run } from './run.entity.js';
import { bookkeeping, newRun } from './run.factory.js';
import { WebhookTargets } from './webhook.targets.js';

/** A run that has just been queued, and what comes of it. `abort` ends the following, not the run. */
export interface CreatedRun {
  readonly run: Run;
  readonly followed: FollowedRun;
  readonly abort: AbortController;
}

/** Creates runs, in the scope of their `threads:create_run` decision. Every one authorizes its assistant too. */
@Injectable()
export class RunCreator {
  constructor(
    private readonly authorizer: Authorizer,
    private readonly assistants: AssistantFinder,
    private readonly threads: ThreadsService,
    private readonly engine: RunEngine,
    private readonly webhooks: WebhookTargets,
  ) {}

  /**
   * @param alongside is written together with the run, or not at all
   * @throws NotFoundException when the assistant or the thread is not there, or not visible
   * @throws UnprocessableEntityException for a webhook that this server does not call
   * @throws ConflictException for strategy `reject` on a busy thread
   * @throws ForbiddenError when the assistant is denied
   */
  async create(request: CreateRun | CreateThreadRun, alongside?: Alongside): Promise<Run> {
    const run = await this.prepare(request, currentDecision());
    await this.enqueue([run], alongside);
    return run;
  }

  /** The same, followed from before its first event. */
  async createFollowed(request: CreateRun | CreateThreadRun, interest: RunInterest): Promise<CreatedRun> {
    const abort = new AbortController();
    const followed = this.engine.follow(request.run_id, abort.signal, interest);
    try {
      return { run: await this.create(request), followed, abort };
    } catch (error) {
      abort.abort();
      throw error;
    }
  }

  /** All or none: each one is authorized, and found possible, before the first one is queued. */
  async createBatch({ first, others }: CreateRunBatch): Promise<Run[]> {
    const runs = [await this.prepare(first, currentDecision())];
    for (const other of others) {
      const authorized = await this.authorize(other);
      runs.push(await this.prepare(authorized.request, authorized.decision));
    }
    await this.enqueue(runs);
    return runs;
  }

  private async authorize(request: CreateRun): Promise<{ request: CreateRun; decision: Decision }> {
    const principal = AuthorizationContext.principal();
    const value = createRunValue(request, principal);
    const decision = await this.authorizer.decide(principal, 'threads:create_run', value);
    if (decision.kind === 'deny') throw new ForbiddenError();
    return { request: createRun.accept(request, value), decision };
  }

  private async prepare(request: CreateRun | CreateThreadRun, decision: Decision): Promise<Run> {
    if (request.webhook !== undefined) this.webhooks.check(request.webhook);
    const assistant = await this.assistants.get(request.assistant_id);
    const principal = AuthorizationContext.principal();
    const existing = 'thread_id' in request ? await this.threads.find(request.thread_id) : null;
    const thread = existing ?? threadFor(request, assistant);
    return newRun({ request, assistant, thread, isNewThread: !existing, principal, decision });
  }

  private async enqueue(runs: readonly Run[], alongside?: Alongside): Promise<void> {
    try {
      await this.engine.enqueue(runs, { alongside });
    } catch (error) {
      if (error instanceof ThreadBusyError) throw new ConflictException(error.message);
      // Whether an id is free or somebody else's is not told.
      if (error instanceof ThreadNotVisibleError || error instanceof ThreadTakenError)
        throw threadNotFound(error.threadId);
      throw error;
    }
  }
}

/** The thread that a run brings along. It carries the metadata that the handler has stamped the run with. */
function threadFor(request: CreateRun | CreateThreadRun, assistant: Assistant): Thread {
  const { metadata, if_not_exists } = request;
  if ('thread_id' in request && if_not_exists === 'reject') throw threadNotFound(request.thread_id);
  const threadId = 'thread_id' in request ? request.thread_id : uuid();
  return newThread(threadId, { ...metadata, ...bookkeeping(assistant) });
}

function threadNotFound(threadId: string): NotFoundException {
  return new NotFoundException(`Thread with ID ${threadId} not found`);
}

function currentDecision(): Decision {
  const scope = AuthorizationContext.current();
  const decision = scope?.kind === 'principal' ? scope.decisions.get('threads') : undefined;
  if (!decision) throw new ScopeMissingError('a run is created without a decision about threads');
  return decision;
}
