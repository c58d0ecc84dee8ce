import type { Repository } from 'typeorm';
import { pageOf, type Page } from '../http/page.js';
import { renderContainment } from '../persistence/containment/containment.renderer.js';
import {
  RowSearch,
  isOneOf,
  type ConditionTarget,
  type RowPage,
} from '../persistence/statements/row.search.js';
import type { CountThreads, SearchThreads, ThreadCriteria } from './dto/search-threads.dto.js';
import type { Thread } from './thread.entity.js';

/** The threads that a search or count asks for. The scope comes with the repository. */
export function selectThreads(threads: Repository<Thread>, criteria: CountThreads): RowSearch<Thread> {
  const search = new RowSearch(threads);
  for (const condition of threadConditions(criteria, search)) search.and(condition);
  return search;
}

/**
 * A page of them, in the order that was asked for.
 *
 * @param read reads a page of what was found
 */
export async function pageOfThreads<Row>(
  threads: Repository<Thread>,
  search: SearchThreads,
  read: (found: RowSearch<Thread>, page: RowPage) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const { limit, offset, sort_by, sort_order } = search;
  const found = selectThreads(threads, search);
  const direction = sort_order === 'asc' ? 'ASC' : 'DESC';
  found.orderBy(sort_by, direction).orderBy('thread_id', direction);
  const rows = await read(found, { limit: limit + 1, offset });
  return pageOf(rows, search, search.countsAll ? await found.count() : undefined);
}

/** What a search or count asks of each thread, as SQL. */
export function threadConditions(criteria: CountThreads, target: ConditionTarget<Thread>): readonly string[] {
  return [criteria, ...criteria.narrowed].flatMap((part) => conditionsOf(part, target));
}

function conditionsOf(
  { metadata, values, status, ids }: ThreadCriteria,
  { dialect, column, bind }: ConditionTarget<Thread>,
): readonly string[] {
  const contains = (property: 'metadata' | 'values', wanted: object): string[] =>
    Object.keys(wanted).length > 0 ? [renderContainment(dialect, column(property), wanted, bind)] : [];
  return [
    ...(status ? [`${column('status')} = ${bind(status)}`] : []),
    ...(ids ? [isOneOf(column('thread_id'), ids.map(bind))] : []),
    ...(metadata ? contains('metadata', metadata) : []),
    ...(values ? contains('values', values) : []),
  ];
}
