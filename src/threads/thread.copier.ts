import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { CheckpointKeeper } from '../graphs/checkpointer/checkpoint.keeper.js';
import { Authorizer, HandlerFaultError, isStorable } from '../on-auth/index.js';
import { rowOf } from '../persistence/row.js';
import { newThread } from './thread.factory.js';
import { Thread } from './thread.entity.js';
import { ThreadsService } from './threads.service.js';

/** Copies a thread with its past: read under one decision, written under another; neither reaches what the other does. */
@Injectable()
export class ThreadCopier {
  constructor(
    @InjectRepository(Thread) private readonly rows: Repository<Thread>,
    private readonly threads: ThreadsService,
    private readonly checkpoints: CheckpointKeeper,
    private readonly authorizer: Authorizer,
  ) {}

  /**
   * In the scope of the decision to read the source.
   * @throws ConflictException when there is no such thread, or none that is visible
   */
  async copy(sourceId: string): Promise<Thread> {
    const source = await this.threads.find(sourceId);
    if (!source) throw new ConflictException('Thread not found');
    const past = await this.checkpoints.read(sourceId);
    const thread_id = uuid();
    const value = { thread_id, metadata: { ...source.metadata, thread_id }, if_exists: 'raise' } as const;
    return this.authorizer.within('threads:create', value, async () => {
      if (!isStorable(value.metadata))
        throw new HandlerFaultError('the handler of threads:create left text that cannot be stored');
      const copy = copyOf(source, thread_id, value.metadata);
      await this.rows.insert(rowOf<Thread>(copy));
      await this.checkpoints.write(thread_id, past);
      return copy;
    });
  }
}

/** What the source's last checkpoint says holds for the copy as well; a run of the source does not. */
function copyOf(source: Thread, threadId: string, metadata: Thread['metadata']): Thread {
  const { values, interrupts, config, state_updated_at, status } = source;
  return Object.assign(newThread(threadId, metadata), {
    values,
    interrupts,
    config,
    state_updated_at,
    status: status === 'busy' ? ('idle' as const) : status,
  });
}
