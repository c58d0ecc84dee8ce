import type { Repository, SelectQueryBuilder } from 'typeorm';
import { pageOf, type Page } from '../http/page.js';
import { whereContains } from '../persistence/containment/containment.query.js';
import type { CountThreads, SearchThreads } from './dto/search-threads.dto.js';
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

/** A page of them, in the order that was asked for. */
export async function pageOfThreads(
  threads: Repository<Thread>,
  search: SearchThreads,
): Promise<Page<Thread>> {
  const { limit, offset, sort_by, sort_order } = search;
  const query = selectThreads(threads, search);
  const direction = sort_order === 'asc' ? 'ASC' : 'DESC';
  const rows = await query
    .clone()
    .orderBy(`thread.${sort_by}`, direction)
    .addOrderBy('thread.thread_id', direction)
    .offset(offset)
    .limit(limit + 1)
    .getMany();
  return pageOf(rows, search, search.countsAll ? await query.getCount() : undefined);
}
