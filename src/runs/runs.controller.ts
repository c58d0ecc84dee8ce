import { Controller, Get, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Documented } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { CancelRun, CancelRuns, cancelRun, cancelRuns } from './dto/cancel-run.dto.js';
import { CreateRun, createRun } from './dto/create-run.dto.js';
import { createRunBatch, type CreateRunBatch } from './dto/run-batch.dto.js';
import { JoinRun, StreamRun, joinRun, streamRun } from './dto/run-id.dto.js';
import { RunCanceller } from './run.canceller.js';
import { AUTHORIZES_ASSISTANT, MAY_CANCEL } from './runs.events.js';
import { RunCreator } from './run.creator.js';
import { presentRun } from './run.presenter.js';
import { RunResponder } from './run.responder.js';
import { RunsService } from './runs.service.js';
import { LAST_VALUES, RUN, RUN_HEADERS, RUNS } from './run.schemas.js';

/** Runs that bring a thread of their own along, and runs that are named without their thread. */
@Controller('runs')
export class RunsController {
  constructor(
    private readonly creator: RunCreator,
    private readonly runs: RunsService,
    private readonly responder: RunResponder,
    private readonly canceller: RunCanceller,
  ) {}

  @Post()
  @HttpCode(200)
  @Authorize('threads', 'create_run', createRun, AUTHORIZES_ASSISTANT)
  @Documented('Queues a run with a thread of its own', { answers: RUN, headers: RUN_HEADERS })
  async create(@Authorized() request: CreateRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.row(reply, request, await this.creator.create(request));
  }

  @Post('stream')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createRun, AUTHORIZES_ASSISTANT)
  @Documented('Runs with a thread of its own, and streams what happens', {
    answers: 'stream',
    headers: RUN_HEADERS,
  })
  async stream(@Authorized() request: CreateRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.streamCreated(reply, request, await this.creator.createFollowed(request, 'events'));
  }

  @Post('wait')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createRun, AUTHORIZES_ASSISTANT)
  @Documented('Runs with a thread of its own, and answers with what came of it', {
    answers: LAST_VALUES,
    headers: RUN_HEADERS,
  })
  async wait(@Authorized() request: CreateRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.waitForCreated(
      reply,
      request,
      await this.creator.createFollowed(request, 'outcome'),
    );
  }

  @Post('batch')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createRunBatch, AUTHORIZES_ASSISTANT)
  @Documented('Queues several runs, each with a thread of its own', { answers: RUNS })
  async createBatch(@Authorized() batch: CreateRunBatch) {
    const runs = await this.creator.createBatch(batch);
    return runs.map((run) => presentRun(run));
  }

  @Post('cancel')
  @HttpCode(204)
  @Authorize('threads', 'update', cancelRuns)
  @Documented('Cancels runs', { answers: 'nothing' })
  cancelMany(@Authorized() request: CancelRuns) {
    return this.canceller.cancelMany(request);
  }

  @Get(':run_id/join')
  @Authorize('threads', 'read', joinRun, MAY_CANCEL)
  @Documented('Waits for the end of a run', { answers: LAST_VALUES })
  async join(@Authorized() request: JoinRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.join(reply, request, await this.runs.get(request));
  }

  @Get(':run_id/stream')
  @Authorize('threads', 'read', streamRun, MAY_CANCEL)
  @Documented('Streams what happens in a run', { answers: 'stream' })
  async joinStream(@Authorized() request: StreamRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.joinStream(reply, request, await this.runs.find(request));
  }

  @Post(':run_id/cancel')
  @Authorize('threads', 'read', cancelRun, MAY_CANCEL)
  @Documented('Cancels a run; with wait, answers when it has ended', {
    answers: 'nothing',
    statuses: [202, 204],
  })
  async cancel(@Authorized() request: CancelRun, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.canceller.cancelById(request);
    void reply.status(request.wait ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED);
  }
}
