import { list } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsId, IsListOf } from '../../http/validation.js';

/** A route that names one thread in its path. */
export class ThreadId {
  @IsId() thread_id!: string;
}

export class ReadThread extends ThreadId {
  @IsListOf(['ttl']) include: readonly string[] = [];
}

export const readThread = routeInput('threads:read', {
  type: ReadThread,
  ids: { thread_id: 'path' },
  query: { include: list },
  value: ({ thread_id }) => ({ thread_id }),
});

export const deleteThread = routeInput('threads:delete', {
  type: ThreadId,
  ids: { thread_id: 'path' },
  value: ({ thread_id }) => ({ thread_id }),
});

/** The source of a copy. */
export const copyThread = routeInput('threads:read', {
  type: ThreadId,
  ids: { thread_id: { in: 'path', refusal: 409 } },
  value: ({ thread_id }) => ({ thread_id }),
});
