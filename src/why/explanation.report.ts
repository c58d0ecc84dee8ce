import type { Explanation, FoundRow, RenderedScope } from '../on-auth/index.js';

/** An explanation for the eyes of an operator, one step a line, in the order of the request. */
export function reportOf(explanation: Explanation, token?: object): string {
  const { event, id, route, principal, row, mismatch, filter, scopes, status } = explanation;
  const { identity, permissions } = principal;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['token', token && JSON.stringify(token)],
    ['principal', `${identity}${permissions.length > 0 ? ` (${permissions.join(', ')})` : ''}`],
    ['event', `${event} ${id} at ${route}`],
    ['handler', handlerOf(explanation)],
    ['decision', decisionOf(explanation)],
    ['filter', filter],
    ['sql', scopes[0] && sqlOf(scopes[0])],
    ['row', rowOf(row)],
    ['false', mismatch],
    ['answer', answerOf(status, row)],
  ];
  return lines
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `${name.padEnd(10)} ${text ?? ''}\n`)
    .join('');
}

function handlerOf({ handler, pattern, shadows }: Explanation): string {
  if (handler === undefined) return 'none covers this event, so it is denied';
  const others = shadows.length > 0 ? `, shadows ${shadows.join(', ')}` : '';
  return `${handler} for "${pattern ?? ''}"${others}`;
}

function decisionOf({ decision, refusal }: Explanation): string {
  if (!refusal) return decision?.kind ?? '';
  return `${decision?.kind ?? 'refused'}: ${refusal.status} ${refusal.message}`;
}

function sqlOf({ table, sql, parameters }: RenderedScope): string {
  const values = parameters.map((value, index) => `:${index + 1} = ${String(value)}`);
  return [`${table}: ${sql}`, ...values].join('  ');
}

function rowOf(row: FoundRow | undefined): string {
  return row ? `${row.table} ${row.id} ${JSON.stringify(row.metadata)}` : 'there is none with this id';
}

function answerOf(status: number, row: FoundRow | undefined): string {
  if (status === 200) return '200, the row is visible';
  return status === 404 && row ? '404, as if there were no such row' : String(status);
}
