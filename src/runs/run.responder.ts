import { Injectable, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../http/json.js';
import { lateJsonAnswer } from '../http/late-json.writer.js';
import type { Failure, LongAnswerOptions } from '../http/kept-alive.stream.js';
import { sseAnswer, type ServerSentEvent } from '../http/sse.writer.js';
import { AnswerHolder } from './access/answer.holder.js';
import type { CreateRun, CreateThreadRun } from './dto/create-run.dto.js';
import type { JoinRun, StreamRun } from './dto/run-id.dto.js';
import { RunEngine, type RunOutcome } from './engine/run.engine.js';
import { EventsLostError, RunSuspendedError } from './engine/run.errors.js';
import { RunCanceller } from './run.canceller.js';
import type { CreatedRun } from './run.creator.js';
import type { Run } from './run.entity.js';
import { eventsOfModes } from './run.event.filter.js';
import { FeedbackLinks } from './feedback.links.js';
import { contentLocation, joinLocation, streamLocation } from './run.locations.js';
import { presentRun } from './run.presenter.js';

/** Answers with runs: as rows, as streams of events, or with what came of them in the end. */
@Injectable()
export class RunResponder {
  constructor(
    private readonly engine: RunEngine,
    private readonly canceller: RunCanceller,
    private readonly feedback: FeedbackLinks,
    private readonly holder: AnswerHolder,
  ) {}

  row(reply: FastifyReply, request: CreateRun | CreateThreadRun, run: Run): JsonObject {
    locate(reply, request);
    return presentRun(run);
  }

  streamCreated(
    reply: FastifyReply,
    request: CreateRun | CreateThreadRun,
    created: CreatedRun,
  ): StreamableFile {
    const { run, followed, abort } = created;
    locate(reply, request);
    void reply.header('location', streamLocation(run, request.streamModes));
    const events = unlessSuspended(followed.events, abort.signal, () => followed.outcome());
    return this.stream(
      reply,
      this.withFeedback(events, run, abort.signal),
      this.creatorsOptions(request, created),
    );
  }

  waitForCreated(
    reply: FastifyReply,
    request: CreateRun | CreateThreadRun,
    created: CreatedRun,
  ): StreamableFile {
    locate(reply, request);
    void reply.header('location', joinLocation(created.run));
    const body = this.bodyOf(created.followed.outcome(), created.run);
    return lateJsonAnswer(body, this.creatorsOptions(request, created));
  }

  join(reply: FastifyReply, request: JoinRun, run: Run): StreamableFile {
    const abort = new AbortController();
    void reply.header('location', joinLocation(run));
    const outcome = this.engine.outcome(run.run_id, abort.signal);
    return lateJsonAnswer(this.bodyOf(outcome, run), this.readersOptions(request, run, abort));
  }

  /** A run that is missing or invisible is told in the stream, as the contract's section 5.16 has it. */
  joinStream(reply: FastifyReply, request: StreamRun, run: Run | null): StreamableFile {
    const abort = new AbortController();
    if (!run) return this.stream(reply, single(MISSING), { abort });
    const { position, streamModes } = request;
    const { signal } = abort;
    void reply.header('location', streamLocation(run, streamModes));
    const all = this.engine.events(run.run_id, { ...position, signal });
    const events = unlessSuspended(eventsOfModes(all, streamModes), signal, () =>
      this.engine.outcome(run.run_id, signal),
    );
    return this.stream(
      reply,
      this.withFeedback(events, run, signal),
      this.readersOptions(request, run, abort),
    );
  }

  /** What `wait` and `join` answer: the last values, or why there are none (contract 3.5 and 5.27). */
  private async bodyOf(ended: Promise<RunOutcome>, run: Run): Promise<unknown> {
    const { status, values, error } = await ended;
    if (error) return { __error__: error };
    if (status === 'timeout') return { __error__: { error: 'TimeoutError', message: 'Run timed out' } };
    if (status === 'deleted') return { __error__: { error: 'RunDeleted', message: 'Run was deleted' } };
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return values;
    const addresses = await this.feedback.of(run);
    return addresses ? { ...values, __feedback__: addresses } : values;
  }

  /** The event is in no log: whoever reads to the end is given addresses of their own. */
  private async *withFeedback(
    events: AsyncIterable<ServerSentEvent>,
    run: Run,
    signal: AbortSignal,
  ): AsyncIterable<ServerSentEvent> {
    yield* events;
    const addresses = signal.aborted ? undefined : await this.feedback.of(run);
    if (addresses) yield { event: 'feedback', json: JSON.stringify(addresses) };
  }

  private stream(
    reply: FastifyReply,
    events: AsyncIterable<ServerSentEvent>,
    options: LongAnswerOptions,
  ): StreamableFile {
    // Keeps reverse proxies from collecting events before they pass them on.
    void reply.header('x-accel-buffering', 'no');
    return sseAnswer(events, options);
  }

  private creatorsOptions({ cancelsOnDisconnect }: CreateRun, { run, abort }: CreatedRun): LongAnswerOptions {
    const onDisconnect = () => void this.canceller.withdraw(run);
    return this.options(run, abort, cancelsOnDisconnect ? onDisconnect : undefined);
  }

  private readersOptions(
    { cancelsOnDisconnect }: JoinRun,
    run: Run,
    abort: AbortController,
  ): LongAnswerOptions {
    const onDisconnect = () => void this.canceller.withdrawAsReader(run);
    return this.options(run, abort, cancelsOnDisconnect ? onDisconnect : undefined);
  }

  /** Nobody goes away whose answer is ended early: the run goes on. */
  private options(run: Run, abort: AbortController, onDisconnect?: () => void): LongAnswerOptions {
    return { abort: this.holder.hold(run, abort), describe, onDisconnect };
  }
}

const MISSING: ServerSentEvent = {
  event: 'error',
  json: JSON.stringify({ error: 'HTTPException', message: '404: Run not found' }),
};

function locate(reply: FastifyReply, request: CreateRun | CreateThreadRun): void {
  void reply.header('content-location', contentLocation(request));
}

/** A server that stops breaks off, so that the client takes the run up again at the `Location`. */
function describe(error: unknown): Failure | null | undefined {
  if (error instanceof RunSuspendedError) return null;
  return error instanceof EventsLostError ? { error: error.name, message: error.message } : undefined;
}

/**
 * Events that end because the server stops are not the whole stream: then this throws as `outcome` does.
 * @throws RunSuspendedError
 */
async function* unlessSuspended(
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
  outcome: () => Promise<unknown>,
): AsyncIterable<ServerSentEvent> {
  yield* events;
  if (!signal.aborted) await outcome();
}

async function* single(event: ServerSentEvent): AsyncIterable<ServerSentEvent> {
  yield await Promise.resolve(event);
}
