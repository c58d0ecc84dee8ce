import fc from 'fast-check';
import { expectSame, listIn, page, type FuzzAnswer } from './operation.js';
import type { Row } from './rows.js';

/** A page of a search, as it is drawn. */
export interface Listing {
  readonly limit: number;
  readonly offset: number;
  readonly sort: 'created_at' | 'id';
  readonly order: 'asc' | 'desc';
  /** Whether the number of all rows is asked for. */
  readonly total: boolean;
}

export const listing: fc.Arbitrary<Listing> = fc.record({
  ...page,
  sort: fc.constantFrom('created_at', 'id'),
  order: fc.constantFrom('asc', 'desc'),
  total: fc.boolean(),
});

/** @param id what the id is called, such as `thread_id` */
export function listingRequest(
  { limit, offset, sort, order, total }: Listing,
  id: string,
): { body: Record<string, unknown>; headers: Record<string, string> } {
  return {
    body: { limit, offset, sort_by: sort === 'id' ? id : sort, sort_order: order },
    headers: total ? { prefer: 'count=exact' } : {},
  };
}

/** That the answer is exactly this page of these rows, and says exactly how many there are. */
export function expectListing(
  answer: FuzzAnswer,
  found: readonly Row[],
  { limit, offset, sort, order, total }: Listing,
  id: string,
): void {
  const sorted = found.toSorted((a, b) =>
    compare(sort === 'id' ? a : keyOf(a), sort === 'id' ? b : keyOf(b)),
  );
  if (order === 'desc') sorted.reverse();
  expectRows(answer, sorted.slice(offset, offset + limit), id);
  const next = sorted.length > offset + limit ? String(offset + limit) : undefined;
  expectSame('x-pagination-next', answer.headers['x-pagination-next'], next);
  expectSame(
    'x-pagination-total',
    answer.headers['x-pagination-total'],
    total ? String(found.length) : undefined,
  );
}

/** That the rows of the answer are these, in this order. */
export function expectRows(answer: FuzzAnswer, rows: readonly Row[], id: string): void {
  expectSame(
    'the list',
    listIn(answer).map((row) => [row[id], row.metadata]),
    rows.map((row) => [row.id, row.metadata]),
  );
}

/** Newest first, as lists without an order of their own are. */
export function newestFirst<T extends Row>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => compare(keyOf(b), keyOf(a)));
}

/** Rows of one moment are in the order of their ids. */
function keyOf({ created_at, id }: Row): { id: string } {
  return { id: `${created_at} ${id}` };
}

function compare({ id: a }: { id: string }, { id: b }: { id: string }): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
