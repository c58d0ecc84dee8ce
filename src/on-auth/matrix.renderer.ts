import type { MatrixRow } from './authorization.matrix.js';
import type { Refusal, RouteId } from './route.id.js';

const HEAD = ['route', 'event', 'further events', 'ids', 'filter applied to', 'refusal'];

const NOTHING = '–';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  204: '204, and nothing is done',
  403: '403',
  404: '404',
  409: '409',
  empty: 'an answer without the row',
  null: '`null`',
  'stream error': 'an `error` event',
  ignored: 'ignored',
};

/** A table with a line for each route; in the last three columns, what belongs together is at the same height. */
export function renderMatrix(rows: readonly MatrixRow[]): string {
  return [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

function cellsOf({ route, event, further, resource, ids }: MatrixRow): readonly string[] {
  const lines = linesOf(resource, ids);
  const columns = [0, 1, 2].map((column) => lines.map((line) => line[column]).join('<br>'));
  return [code(route), event === 'public' ? event : code(event), further.map(code).join('<br>'), ...columns];
}

type Line = readonly [ids: string, filter: string, refusal: string];

function linesOf(resource: string, ids: readonly RouteId[]): readonly Line[] {
  if (resource === 'none') return [[NOTHING, NOTHING, NOTHING]];
  // What an event finds without being told an id is covered by its filter all the same.
  const unnamed: Line[] = [[NOTHING, code(resource), REFUSALS.empty]];
  return [...(ids.some((id) => id.resource === resource) ? [] : unnamed), ...groupsOf(ids)];
}

/** Ids of one place, one filter and one refusal share a line. */
function groupsOf(ids: readonly RouteId[]): readonly Line[] {
  const groups = new Map<string, RouteId[]>();
  for (const id of ids) {
    const key = [id.in, id.resource, id.refusal].join();
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  return [...groups.values()].map(lineOf);
}

function lineOf(group: readonly RouteId[]): Line {
  const [{ in: source, resource, refusal }] = group;
  const names = group.map(({ at }) => code(at)).join(', ');
  return [`${source}: ${names}`, resource === 'none' ? NOTHING : code(resource), REFUSALS[refusal]];
}

function code(text: string): string {
  return `\`${text}\``;
}
