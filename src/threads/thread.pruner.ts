import { Injectable } from '@nestjs/common';
import { CheckpointKeeper } from '../graphs/checkpointer/checkpoint.keeper.js';
import { Authorizer } from '../on-auth/index.js';
import type { PruneThreads } from './dto/prune-threads.dto.js';
import type { TtlStrategy } from './thread.entity.js';
import { ThreadsService } from './threads.service.js';

/** Deletes threads, or all but their latest checkpoints. What is not visible is left as it is and not counted. */
@Injectable()
export class ThreadPruner {
  constructor(
    private readonly threads: ThreadsService,
    private readonly checkpoints: CheckpointKeeper,
    private readonly authorizer: Authorizer,
  ) {}

  /** Each thread is decided for itself, and all before the first one is touched. The number of threads that were pruned. */
  async prune({ thread_ids, strategy }: PruneThreads): Promise<number> {
    const grants = [];
    for (const thread_id of new Set(thread_ids)) {
      grants.push({ thread_id, run: await this.authorizer.grant('threads:delete', { thread_id }) });
    }
    let pruned = 0;
    for (const { thread_id, run } of grants) {
      if (await run(() => this.pruneOne(thread_id, strategy))) pruned++;
    }
    return pruned;
  }

  /** In the current scope. Whether there was such a thread; one that is busy keeps what its run builds on. */
  async pruneOne(threadId: string, strategy: TtlStrategy): Promise<boolean> {
    const thread = await this.threads.find(threadId);
    if (!thread) return false;
    if (strategy === 'delete') {
      await this.threads.delete(threadId);
      return true;
    }
    if (thread.status === 'busy') return false;
    await this.checkpoints.keepLatest(threadId);
    return true;
  }
}
