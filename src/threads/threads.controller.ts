import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendJsonPage, sendUnlessMinimal, type Page } from '../http/page.js';
import { Documented, PAGE_HEADERS } from '../http/documented.decorator.js';
import { COUNT } from '../http/schema/json.schema.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { CreateThread, createThread } from './dto/create-thread.dto.js';
import { PruneThreads, pruneThreads } from './dto/prune-threads.dto.js';
import { CountThreads, SearchThreads, countThreads, searchThreads } from './dto/search-threads.dto.js';
import { ReadThread, ThreadId, copyThread, deleteThread, readThread } from './dto/thread-id.dto.js';
import { UpdateThread, updateThread } from './dto/update-thread.dto.js';
import { ThreadCopier } from './thread.copier.js';
import { ThreadCreator } from './thread.creator.js';
import { ThreadPruner } from './thread.pruner.js';
import { presentThread, selectedFields } from './thread.presenter.js';
import { ThreadsService } from './threads.service.js';
import { FOUND_THREADS, PRUNED, THREAD } from './thread.schemas.js';

@Controller('threads')
export class ThreadsController {
  constructor(
    private readonly threads: ThreadsService,
    private readonly creator: ThreadCreator,
    private readonly copier: ThreadCopier,
    private readonly pruner: ThreadPruner,
  ) {}

  @Post()
  @HttpCode(200)
  @Authorize('threads', 'create', createThread, { further: ['threads:update'] })
  @Documented('Creates a thread', { answers: THREAD })
  async create(@Authorized() thread: CreateThread) {
    return presentThread(await this.creator.create(thread));
  }

  @Post('search')
  @HttpCode(200)
  @Authorize('threads', 'search', searchThreads)
  @Documented('Finds threads', { answers: FOUND_THREADS, headers: PAGE_HEADERS })
  search(@Authorized() search: SearchThreads, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendJsonPage(reply, this.searchJson(search));
  }

  @Post('count')
  @HttpCode(200)
  @Authorize('threads', 'search', countThreads)
  @Documented('Counts threads', { answers: COUNT })
  count(@Authorized() criteria: CountThreads) {
    return this.threads.count(criteria, { mayLag: true });
  }

  @Post('prune')
  @HttpCode(200)
  @Authorize('threads', 'delete', pruneThreads)
  @Documented('Deletes threads, or their past', { answers: PRUNED })
  async prune(@Authorized() request: PruneThreads) {
    return { pruned_count: await this.pruner.prune(request) };
  }

  @Get(':thread_id')
  @Authorize('threads', 'read', readThread)
  @Documented('Reads a thread', { answers: THREAD })
  async get(@Authorized() { thread_id, include }: ReadThread) {
    return presentThread(await this.threads.get(thread_id), { withTtl: include.includes('ttl') });
  }

  @Patch(':thread_id')
  @Authorize('threads', 'update', updateThread)
  @Documented('Changes a thread', { answers: THREAD, statuses: [200, 204] })
  async update(@Authorized() change: UpdateThread, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendUnlessMinimal(reply, change.wantsNoBody, presentThread(await this.threads.update(change)));
  }

  @Post(':thread_id/copy')
  @HttpCode(200)
  @Authorize('threads', 'read', copyThread, { further: ['threads:create'] })
  @Documented('Copies a thread with its past', { answers: THREAD })
  async copy(@Authorized() { thread_id }: ThreadId) {
    return presentThread(await this.copier.copy(thread_id));
  }

  @Delete(':thread_id')
  @HttpCode(204)
  @Authorize('threads', 'delete', deleteThread)
  @Documented('Deletes a thread', { answers: 'nothing' })
  delete(@Authorized() { thread_id }: ThreadId) {
    return this.threads.delete(thread_id);
  }

  /** What is looked for inside of a thread needs the thread; otherwise the database has it as JSON. */
  private searchJson(search: SearchThreads): Promise<Page<string>> {
    const options = { mayLag: true };
    if (!search.extract) return this.threads.searchJson(search, selectedFields(search), options);
    return mapPage(this.threads.search(search, options), (thread) =>
      JSON.stringify(presentThread(thread, search)),
    );
  }
}
