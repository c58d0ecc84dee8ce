import { Controller, Delete, Get, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendPage } from '../http/page.js';
import { Documented, PAGE_HEADERS } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { CancelThreadRun, cancelThreadRun } from './dto/cancel-run.dto.js';
import { CreateThreadRun, createThreadRun } from './dto/create-run.dto.js';
import { ListRuns, listRuns } from './dto/list-runs.dto.js';
import {
  JoinThreadRun,
  StreamThreadRun,
  ThreadRunId,
  deleteRun,
  joinThreadRun,
  readRun,
  streamThreadRun,
} from './dto/run-id.dto.js';
import { RunCanceller } from './run.canceller.js';
import { AUTHORIZES_ASSISTANT, MAY_CANCEL } from './runs.events.js';
import { RunCreator } from './run.creator.js';
import { presentRun } from './run.presenter.js';
import { RunRemover } from './run.remover.js';
import { RunResponder } from './run.responder.js';
import { RunsService } from './runs.service.js';
import { FOUND_RUNS, LAST_VALUES, RUN, RUN_HEADERS } from './run.schemas.js';

/** Runs on a thread. */
@Controller('threads/:thread_id/runs')
export class ThreadRunsController {
  constructor(
    private readonly creator: RunCreator,
    private readonly runs: RunsService,
    private readonly responder: RunResponder,
    private readonly canceller: RunCanceller,
    private readonly remover: RunRemover,
  ) {}

  @Post()
  @HttpCode(200)
  @Authorize('threads', 'create_run', createThreadRun, AUTHORIZES_ASSISTANT)
  @Documented('Queues a run on a thread', { answers: RUN, headers: RUN_HEADERS })
  async create(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.row(reply, request, await this.creator.create(request));
  }

  @Post('stream')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createThreadRun, AUTHORIZES_ASSISTANT)
  @Documented('Runs on a thread, and streams what happens', { answers: 'stream', headers: RUN_HEADERS })
  async stream(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.streamCreated(reply, request, await this.creator.createFollowed(request, 'events'));
  }

  @Post('wait')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createThreadRun, AUTHORIZES_ASSISTANT)
  @Documented('Runs on a thread, and answers with what came of it', {
    answers: LAST_VALUES,
    headers: RUN_HEADERS,
  })
  async wait(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.waitForCreated(
      reply,
      request,
      await this.creator.createFollowed(request, 'outcome'),
    );
  }

  @Get()
  @Authorize('threads', 'search', listRuns, { further: ['threads:read'] })
  @Documented('Lists the runs of a thread', { answers: FOUND_RUNS, headers: PAGE_HEADERS })
  list(@Authorized() request: ListRuns, @Res({ passthrough: true }) reply: FastifyReply) {
    const page = this.runs.list(request);
    return sendPage(
      reply,
      mapPage(page, (run) => presentRun(run, request.select)),
    );
  }

  @Get(':run_id')
  @Authorize('threads', 'read', readRun)
  @Documented('Reads a run', { answers: RUN })
  async get(@Authorized() address: ThreadRunId) {
    return presentRun(await this.runs.get(address));
  }

  @Get(':run_id/join')
  @Authorize('threads', 'read', joinThreadRun, MAY_CANCEL)
  @Documented('Waits for the end of a run', { answers: LAST_VALUES })
  async join(@Authorized() request: JoinThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.join(reply, request, await this.runs.get(request));
  }

  @Get(':run_id/stream')
  @Authorize('threads', 'read', streamThreadRun, MAY_CANCEL)
  @Documented('Streams what happens in a run', { answers: 'stream' })
  async joinStream(@Authorized() request: StreamThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.joinStream(reply, request, await this.runs.find(request));
  }

  @Post(':run_id/cancel')
  @Authorize('threads', 'update', cancelThreadRun)
  @Documented('Cancels a run; with wait, answers when it has ended', {
    answers: 'nothing',
    statuses: [202, 204],
  })
  async cancel(@Authorized() request: CancelThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.canceller.cancel(request);
    void reply.status(request.wait ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED);
  }

  @Delete(':run_id')
  @HttpCode(204)
  @Authorize('threads', 'delete', deleteRun)
  @Documented('Deletes a run', { answers: 'nothing' })
  delete(@Authorized() address: ThreadRunId) {
    return this.remover.remove(address);
  }
}
