import type { Repository, SelectQueryBuilder } from 'typeorm';
import { whereContains } from '../persistence/containment/containment.query.js';
import type { CountThreads } from './dto/search-threads.dto.js';
import type { Thread } from './thread.entity.js';

/** The threads that a search or count asks for. The scope comes with the repository. */
export function selectThreads(
  threads: Repository<Thread>,
  criteria: CountThreads,
): SelectQueryBuilder<Thread> {
  const query = threads.createQueryBuilder('thread');
  const { status, ids } = criteria;
  if (status) query.andWhere('thread.status = :status', { status });
  if (ids) query.andWhere(ids.length > 0 ? 'thread.thread_id IN (:...ids)' : '1 = 0', { ids });
  for (const { metadata, values } of [criteria, ...criteria.narrowed]) {
    if (metadata) whereContains(query, 'metadata', metadata);
    if (values) whereContains(query, 'values', values);
  }
  return query;
}
