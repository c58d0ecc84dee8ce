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
  for (const [place, { metadata, values, status, ids }] of [criteria, ...criteria.narrowed].entries()) {
    if (status) query.andWhere(`thread.status = :status_${place}`, { [`status_${place}`]: status });
    if (ids)
      query.andWhere(ids.length > 0 ? `thread.thread_id IN (:...ids_${place})` : '1 = 0', {
        [`ids_${place}`]: ids,
      });
    if (metadata) whereContains(query, 'metadata', metadata);
    if (values) whereContains(query, 'values', values);
  }
  return query;
}
