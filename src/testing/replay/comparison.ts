import type { ReplayRequest, Reply } from './request.js';

/** What differs between any two answers. */
const VARYING = new Set(['date', 'connection', 'keep-alive']);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INTERRUPT_ID = /\b[0-9a-f]{32}\b/g;
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|\+00:00)/g;

/**
 * Status, headers and body of an answer. The id that was put into the request is named, all others are numbered in the order in which they
 * come: two answers are the same when they differ in nothing but which ids they speak of.
 */
export function comparable({ status, headers, text }: Reply, put: readonly unknown[]): string {
  const kept = headers.filter(([name]) => !VARYING.has(name)).map((header) => header.join(': '));
  const named = textsIn(put).reduce(
    (all, id, place) =>
      all.replaceAll(id, `<id ${place}>`).replaceAll(encodeURIComponent(id), `<id ${place}>`),
    [status, ...kept, '', text].join('\n'),
  );
  return numbered(numbered(named, UUID, 'uuid'), INTERRUPT_ID, 'interrupt').replaceAll(DATE, '<date>');
}

export function summary({ verb, pattern, path, query, header, body }: ReplayRequest): string {
  const parts = { path, query, header, body };
  return `${verb} ${pattern} ${JSON.stringify(parts)}`;
}

/** All texts of a value that are long enough to be looked for, in their order. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= 5 ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(Array.isArray(value) ? [] : textsIn(key)),
    ...textsIn(part),
  ]);
}

function numbered(text: string, pattern: RegExp, name: string): string {
  const seen = new Map<string, number>();
  return text.replaceAll(pattern, (id) => {
    if (!seen.has(id)) seen.set(id, seen.size);
    return `<${name} ${seen.get(id)}>`;
  });
}
