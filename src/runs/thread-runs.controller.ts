import { Controller, Delete, Get, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendPage } from '../http/page.js';
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
  async create(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.row(reply, request, await this.creator.create(request));
  }

  @Post('stream')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createThreadRun, AUTHORIZES_ASSISTANT)
  async stream(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.streamCreated(reply, request, await this.creator.createFollowed(request, 'events'));
  }

  @Post('wait')
  @HttpCode(200)
  @Authorize('threads', 'create_run', createThreadRun, AUTHORIZES_ASSISTANT)
  async wait(@Authorized() request: CreateThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.waitForCreated(
      reply,
      request,
      await this.creator.createFollowed(request, 'outcome'),
    );
  }

  @Get()
  @Authorize('threads', 'search', listRuns, { further: ['threads:read'] })
  list(@Authorized() request: ListRuns, @Res({ passthrough: true }) reply: FastifyReply) {
    const page = this.runs.list(request);
    return sendPage(
      reply,
      mapPage(page, (run) => presentRun(run, request.select)),
    );
  }

  @Get(':run_id')
  @Authorize('threads', 'read', readRun)
  async get(@Authorized() address: ThreadRunId) {
    return presentRun(await this.runs.get(address));
  }

  @Get(':run_id/join')
  @Authorize('threads', 'read', joinThreadRun, MAY_CANCEL)
  async join(@Authorized() request: JoinThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.join(reply, request, await this.runs.get(request));
  }

  @Get(':run_id/stream')
  @Authorize('threads', 'read', streamThreadRun, MAY_CANCEL)
  async joinStream(@Authorized() request: StreamThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.responder.joinStream(reply, request, await this.runs.find(request));
  }

  @Post(':run_id/cancel')
  @Authorize('threads', 'update', cancelThreadRun)
  async cancel(@Authorized() request: CancelThreadRun, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.canceller.cancel(request);
    void reply.status(request.wait ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED);
  }

  @Delete(':run_id')
  @HttpCode(204)
  @Authorize('threads', 'delete', deleteRun)
  delete(@Authorized() address: ThreadRunId) {
    return this.remover.remove(address);
  }
}
