import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, type EntityManager, type Repository } from 'typeorm';
import type { ThreadSummary } from '../graphs/execution/thread.state.js';
import type { Page } from '../http/page.js';
import { AuthorizationEvents } from '../on-auth/index.js';
import { ReadReplica, type ReadOptions } from '../persistence/replica/read.replica.js';
import { rowOf } from '../persistence/row.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import type { CreateThread } from './dto/create-thread.dto.js';
import type { CountThreads, SearchThreads } from './dto/search-threads.dto.js';
import type { UpdateThread } from './dto/update-thread.dto.js';
import { ThreadActivity } from './thread.activity.js';
import { Thread, type ThreadStatus } from './thread.entity.js';
import { expiry, newThread } from './thread.factory.js';
import type { ThreadField } from './thread.presenter.js';
import { pageOfThreads, selectThreads } from './thread.query.js';

/** How often a change of metadata is tried before the row is locked for it. */
const UNLOCKED_ATTEMPTS = 2;

/** A thread, and whether it was made just now. */
export interface CreatedThread {
  readonly thread: Thread;
  readonly isNew: boolean;
}

/** A thread is not any more as it was read. */
export class ThreadChangedError extends Error {
  override readonly name = 'ThreadChangedError';
  constructor(threadId: string) {
    super(`Thread ${threadId} has changed since it was read`);
  }
}

/** The use cases of threads. Every query is scoped by the decision of the event that led here. */
@Injectable()
export class ThreadsService {
  constructor(
    @InjectRepository(Thread) private readonly threads: Repository<Thread>,
    private readonly activity: ThreadActivity,
    private readonly events: AuthorizationEvents,
    private readonly replica: ReadReplica,
  ) {}

  /** @throws ConflictException when the id is taken, unless `do_nothing` and the thread is visible */
  async create({ thread_id, metadata, if_exists, ttl }: CreateThread): Promise<CreatedThread> {
    const thread = newThread(thread_id, metadata, ttl);
    try {
      await this.threads.insert(rowOf<Thread>(thread));
      return { thread, isNew: true };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const existing = if_exists === 'do_nothing' ? await this.find(thread_id) : null;
      if (existing) return { thread: existing, isNew: false };
      throw new ConflictException('Thread already exists');
    }
  }

  find(threadId: string): Promise<Thread | null> {
    return this.threads.findOneBy({ thread_id: threadId });
  }

  /** @throws NotFoundException when there is no such thread, or none that is visible */
  async get(threadId: string): Promise<Thread> {
    return (await this.find(threadId)) ?? fail(threadId);
  }

  search(search: SearchThreads, options: ReadOptions = {}): Promise<Page<Thread>> {
    return this.replica.read(this.threads, options, (threads) =>
      pageOfThreads(threads, search, (found, page) => found.page(page)),
    );
  }

  /** The same page, with these fields of each thread as JSON. */
  searchJson(
    search: SearchThreads,
    fields: readonly ThreadField[],
    options: ReadOptions = {},
  ): Promise<Page<string>> {
    return this.replica.read(this.threads, options, (threads) =>
      pageOfThreads(threads, search, (found, page) => found.pageAsJson(page, fields)),
    );
  }

  count(criteria: CountThreads, options: ReadOptions = {}): Promise<number> {
    return this.replica.read(this.threads, options, (threads) => selectThreads(threads, criteria).count());
  }

  /**
   * Merges metadata over what is stored, whoever else does so at the same time: first on the revision that was read, and where
   * others are too many for that, with the row locked.
   */
  async update(change: UpdateThread): Promise<Thread> {
    const thread = await this.change(change);
    if (change.metadata) await this.events.changed({ resource: 'threads', id: change.thread_id });
    return thread;
  }

  private async change(change: UpdateThread): Promise<Thread> {
    for (let attempt = 0; attempt < UNLOCKED_ATTEMPTS; attempt++) {
      const changed = await this.tryUpdate(change, this.threads);
      if (changed) return changed;
    }
    return this.threads.manager.transaction(async (manager) => {
      const threads = manager.getRepository(Thread);
      // An UPDATE locks the row on both databases; what is read after it is what the last change has left.
      await threads.update({ thread_id: change.thread_id }, rowOf<Thread>({ updated_at: new Date() }));
      return (await this.tryUpdate(change, threads)) ?? fail(change.thread_id);
    });
  }

  /** `null` when another change got in between. */
  private async tryUpdate(
    { thread_id, metadata, ttl }: UpdateThread,
    threads: Repository<Thread>,
  ): Promise<Thread | null> {
    const thread = (await threads.findOneBy({ thread_id })) ?? fail(thread_id);
    const { revision } = thread;
    const change = {
      ...(metadata && { metadata: { ...thread.metadata, ...metadata } }),
      ...(ttl !== undefined && expiry(ttl, new Date())),
      updated_at: new Date(),
      revision: revision + 1,
    };
    const { affected } = await threads.update({ thread_id, revision }, rowOf<Thread>(change));
    return affected === 1 ? Object.assign(thread, change) : null;
  }

  /**
   * Locks a thread that is as it was read and still not busy, and makes it a new revision.
   *
   * @throws ThreadChangedError otherwise
   */
  async takeUnchanged(manager: EntityManager, { thread_id, revision }: Thread): Promise<void> {
    const asRead = { thread_id, revision, status: Not<ThreadStatus>('busy') };
    const { affected } = await manager.update(Thread, asRead, rowOf<Thread>({ revision: revision + 1 }));
    if (affected !== 1) throw new ThreadChangedError(thread_id);
  }

  /** Repeats on the row what the last checkpoint says, after a change of state that was no run. */
  async keepState(threadId: string, { values, interrupts, next }: ThreadSummary): Promise<void> {
    const now = new Date();
    const status = next.length > 0 ? 'interrupted' : 'idle';
    const change = { values, interrupts, status, state_updated_at: now, updated_at: now } as const;
    await this.threads.update({ thread_id: threadId, status: Not('busy') }, rowOf<Thread>(change));
  }

  /** What runs on it is stopped first, and leaves nothing behind. */
  async delete(threadId: string): Promise<void> {
    const { status } = await this.get(threadId);
    if (status === 'busy') await this.activity.stop([threadId]);
    const { affected } = await this.threads.delete({ thread_id: threadId });
    if (affected !== 1) fail(threadId);
    await this.events.changed({ resource: 'threads', id: threadId });
  }
}

function fail(threadId: string): never {
  throw new NotFoundException(`Thread with ID ${threadId} not found`);
}
