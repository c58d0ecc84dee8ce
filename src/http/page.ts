import type { FastifyReply } from 'fastify';
import { sendJsonText } from './json.reply.js';

/** One page of a search. `next` is the offset of the following page when more rows exist; `total` only when asked for. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next?: number;
  readonly total?: number;
}

/** Makes a page of rows that were read one beyond the limit, to know whether more exist without counting. */
export function pageOf<T>(
  rows: readonly T[],
  { limit, offset }: { limit: number; offset: number },
  total?: number,
): Page<T> {
  const page = rows.slice(0, limit);
  return {
    rows: page,
    ...(rows.length > limit && { next: offset + limit }),
    ...(total !== undefined && { total }),
  };
}

/** Sends the rows as the body and the rest as `X-Pagination-*` headers. */
export async function sendPage<T>(reply: FastifyReply, search: Promise<Page<T>>): Promise<readonly T[]> {
  const page = await search;
  setPaginationHeaders(reply, page);
  return page.rows;
}

/** The same for rows that are JSON already. */
export async function sendJsonPage(reply: FastifyReply, search: Promise<Page<string>>): Promise<string> {
  const page = await search;
  setPaginationHeaders(reply, page);
  return sendJsonText(reply, `[${page.rows.join(',')}]`);
}

function setPaginationHeaders(reply: FastifyReply, { next, total }: Page<unknown>): void {
  if (next !== undefined) void reply.header('x-pagination-next', String(next));
  if (total !== undefined) void reply.header('x-pagination-total', String(total));
}

/** Whether a client asked for the exact count of everything visible (`Prefer: count=exact`). */
export function wantsTotal(prefer: string | undefined): boolean {
  return /(^|[,;\s])count\s*=\s*"?exact"?($|[,;\s])/i.test(prefer ?? '');
}

/** Whether a client asked for no body (`Prefer: return=minimal`). */
export function wantsMinimal(prefer: string | undefined): boolean {
  return /(^|[,;\s])return\s*=\s*"?minimal"?($|[,;\s])/i.test(prefer ?? '');
}

export async function mapPage<T, U>(page: Promise<Page<T>>, present: (row: T) => U): Promise<Page<U>> {
  const { rows, ...rest } = await page;
  return { rows: rows.map(present), ...rest };
}

/** Answers 204 without a body to a client that asked for none. */
export function sendUnlessMinimal<T>(reply: FastifyReply, minimal: boolean, body: T): T | undefined {
  if (!minimal) return body;
  void reply.status(204);
  return undefined;
}
