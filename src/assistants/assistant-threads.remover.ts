import { Injectable, NotFoundException } from '@nestjs/common';
import { parseObject } from '../http/route.input.js';
import { AuthorizationContext, Authorizer } from '../on-auth/index.js';
import { SearchThreads, searchThreads } from '../threads/dto/search-threads.dto.js';
import { ThreadsService } from '../threads/threads.service.js';

const PAGE = 100;

/** Deletes the threads that ran on an assistant, as the caller: found by `threads:search`, each under its own `threads:delete`. */
@Injectable()
export class AssistantThreadsRemover {
  constructor(
    private readonly threads: ThreadsService,
    private readonly authorizer: Authorizer,
  ) {}

  /** Threads that the caller may not see or delete stay. @throws ForbiddenError when a handler denies the search or a deletion */
  async remove(assistantId: string): Promise<void> {
    for (const threadId of await this.threadsOf(assistantId)) {
      await this.authorizer.within('threads:delete', { thread_id: threadId }, () => this.delete(threadId));
    }
  }

  private async threadsOf(assistantId: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (let next: number | undefined = 0; next !== undefined;) {
      const page = await this.search(assistantId, next);
      found.push(...page.rows.map(({ thread_id }) => thread_id));
      next = page.next;
    }
    return found;
  }

  private search(assistantId: string, offset: number) {
    const input = parseObject(SearchThreads, {
      metadata: { assistant_id: assistantId },
      limit: PAGE,
      offset,
    });
    const value = searchThreads.value(input, AuthorizationContext.principal());
    return this.authorizer.within('threads:search', value, () =>
      this.threads.search(searchThreads.accept(input, value)),
    );
  }

  private async delete(threadId: string): Promise<void> {
    try {
      await this.threads.delete(threadId);
    } catch (error) {
      if (!(error instanceof NotFoundException)) throw error;
    }
  }
}
