import { ArrayMaxSize, ArrayNotEmpty } from 'class-validator';
import { routeInput } from '../../http/route.input.js';
import { IsIdList, IsOneOf } from '../../http/validation.js';
import { TTL_STRATEGIES, type TtlStrategy } from '../thread.entity.js';

/** The body of `POST /threads/prune`. */
export class PruneThreads {
  @ArrayMaxSize(1000, { message: '$property must name at most 1000 threads' })
  @ArrayNotEmpty({ message: '$property must name at least one thread' })
  @IsIdList()
  thread_ids!: string[];

  @IsOneOf(TTL_STRATEGIES) strategy: TtlStrategy = 'delete';
}

/** The event carries the first thread; each one is decided again for itself. */
export const pruneThreads = routeInput('threads:delete', {
  type: PruneThreads,
  ids: { thread_ids: { in: 'body', refusal: 'empty' } },
  value: ({ thread_ids }) => ({ thread_id: thread_ids[0] }),
});
