import type { Repository, SelectQueryBuilder } from 'typeorm';
import { whereContains } from '../persistence/containment/containment.query.js';
import type { CountThreads } from '../threads/dto/search-threads.dto.js';
import { threadConditions } from '../threads/thread.query.js';
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
  const { driver } = query.dataSource;
  const visible = threads.createQueryBuilder('thread').select('1').where('thread.thread_id = cron.thread_id');
  const parameters: Record<string, unknown> = {};
  const conditions = threadConditions(criteria, {
    dialect: driver.options.type === 'postgres' ? 'postgres' : 'sqlite',
    column: (property) => `${driver.escape('thread')}.${driver.escape(property)}`,
    bind: (value) => {
      const name = `thread_${Object.keys(parameters).length}`;
      parameters[name] = value;
      return `:${name}`;
    },
  });
  for (const condition of conditions) visible.andWhere(condition);
  visible.setParameters(parameters);
  return query.andWhere(
    `(cron.thread_id IS NULL OR EXISTS (${visible.getQuery()}))`,
    visible.getParameters(),
  );
}
