import type { Repository, SelectQueryBuilder } from 'typeorm';
import { pageOf, type Page } from '../http/page.js';
import { whereContains } from '../persistence/containment/containment.query.js';
import { foldName, type Assistant } from './assistant.entity.js';
import type { CountAssistants, SearchAssistants } from './dto/search-assistants.dto.js';

/** The assistants that a search or count asks for. The scope comes with the repository. */
export function selectAssistants(
  assistants: Repository<Assistant>,
  criteria: CountAssistants,
): SelectQueryBuilder<Assistant> {
  const query = assistants.createQueryBuilder('assistant');
  const { name } = criteria;
  if (name) query.andWhere(`assistant.folded_name LIKE :name ESCAPE '!'`, { name: anywhere(foldName(name)) });
  for (const [index, { graph_id, metadata }] of [criteria, ...criteria.narrowed].entries()) {
    if (graph_id !== undefined)
      query.andWhere(`assistant.graph_id = :graph_${index}`, { [`graph_${index}`]: graph_id });
    if (metadata) whereContains(query, 'metadata', metadata);
  }
  return query;
}

/** A page of them, in the order that was asked for. */
export async function pageOfAssistants(
  assistants: Repository<Assistant>,
  search: SearchAssistants,
): Promise<Page<Assistant>> {
  const { limit, offset, sort_by, sort_order } = search;
  const query = selectAssistants(assistants, search);
  const direction = sort_order === 'asc' ? 'ASC' : 'DESC';
  const rows = await query
    .clone()
    .orderBy(`assistant.${sort_by}`, direction)
    .addOrderBy('assistant.assistant_id', direction)
    .offset(offset)
    .limit(limit + 1)
    .getMany();
  return pageOf(rows, search, search.countsAll ? await query.getCount() : undefined);
}

/** A LIKE pattern that finds the text itself, whatever characters it has, with `!` as the escape. */
function anywhere(text: string): string {
  return `%${text.replace(/[!%_]/g, '!$&')}%`;
}
