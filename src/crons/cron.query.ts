import type { Repository, SelectQueryBuilder } from 'typeorm';
import { whereContains } from '../persistence/containment/containment.query.js';
import type { CountThreads } from '../threads/dto/search-threads.dto.js';
import { selectThreads } from '../threads/thread.query.js';
import type { Thread } from '../threads/thread.entity.js';
import type { Cron } from './cron.entity.js';
import type { CountCrons } from './dto/search-crons.dto.js';

/** The crons that a search or count asks for. The scope comes with the repository. */
export function selectCrons(
  crons: Repository<Cron>,
  { assistantId, thread_id, enabled, metadata, narrowed }: CountCrons,
): SelectQueryBuilder<Cron> {
  const query = crons.createQueryBuilder('cron');
  if (assistantId !== undefined) query.andWhere('cron.assistant_id = :assistantId', { assistantId });
  if (thread_id !== undefined) query.andWhere('cron.thread_id = :thread_id', { thread_id });
  for (const [index, criteria] of [{ enabled, metadata }, ...narrowed].entries()) {
    if (criteria.enabled !== undefined)
      query.andWhere(`cron.enabled = :enabled_${index}`, { [`enabled_${index}`]: criteria.enabled });
    if (criteria.metadata) whereContains(query, 'metadata', criteria.metadata);
  }
  return query;
}

/** Leaves out the crons of threads that a search of threads would not find: in the SQL, so that pages and counts are right. */
export function whereThreadIsVisible(
  query: SelectQueryBuilder<Cron>,
  threads: Repository<Thread>,
  criteria: CountThreads,
): SelectQueryBuilder<Cron> {
  const visible = selectThreads(threads, criteria).select('1').andWhere('thread.thread_id = cron.thread_id');
  return query.andWhere(
    `(cron.thread_id IS NULL OR EXISTS (${visible.getQuery()}))`,
    visible.getParameters(),
  );
}
