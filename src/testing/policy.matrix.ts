import { formatFilter } from '../on-auth/filter/filter.formatter.js';
import { refusalOf } from '../on-auth/explain/refusal.js';
import { requestNaming, routeFor } from '../on-auth/explain/row.request.js';
import type {
  AuthEvent,
  AuthResource,
  OnAuthService,
  Principal,
  RouteRegistry,
  Verdict,
} from '../on-auth/index.js';

/** What events carry in a matrix, where the bare ids are not enough. */
export interface MatrixOptions {
  /** The resources that it is about. All of the application unless given. */
  readonly resources?: readonly AuthResource[];
  /** By event, what the request holds beside its ids. */
  readonly bodies?: Readonly<Partial<Record<AuthEvent, Readonly<Record<string, unknown>>>>>;
}

/** Stands for every id. */
export const SAMPLE_ID = '00000000-0000-4000-8000-000000000000';

/** What an event is asked with that does not name rows by ids. */
export type SampleValue = (event: string, principal: Principal) => object | undefined;

export interface MatrixSources {
  readonly onAuth: OnAuthService;
  readonly routes: RouteRegistry;
  /** Every event of the application, sorted. */
  readonly events: readonly string[];
  readonly sample: SampleValue;
}

/**
 * Who may do what, as text: a line for each event, a column for each principal. Nothing in it depends on rows, times or
 * random ids, so it may be committed and compared.
 */
export async function policyMatrix(
  principals: readonly Principal[],
  sources: MatrixSources,
  { bodies = {} }: MatrixOptions = {},
): Promise<string> {
  const head = ['event', 'handler', ...principals.map(titleOf)];
  const lines: string[][] = [];
  for (const event of sources.events as readonly AuthEvent[]) {
    const verdicts: Verdict[] = [];
    for (const principal of principals)
      verdicts.push(await verdictOn(event, principal, sources, bodies[event] ?? {}));
    lines.push([event, verdicts[0]?.handler ?? '-', ...verdicts.map(outcomeOf)]);
  }
  return tableOf([head, ...lines]);
}

async function verdictOn(
  event: AuthEvent,
  principal: Principal,
  { onAuth, routes, sample }: MatrixSources,
  body: Readonly<Record<string, unknown>>,
): Promise<Verdict> {
  const value = sample(event, principal);
  if (value) return onAuth.decide(principal, event, value);
  const route = routeFor(event, routes.all());
  if (!route) throw new TypeError(`No route fires ${event}.`);
  const request = requestNaming(SAMPLE_ID, route, body);
  try {
    const input = await route.access.input.parse(request);
    return await onAuth.decide(principal, event, route.access.input.value(input, principal));
  } catch (error) {
    throw new TypeError(
      `${event} cannot be asked with its ids alone (${refusalOf(error).message}): give matrix(principals, { bodies: { '${event}': {...} } })`,
      { cause: error },
    );
  }
}

function titleOf({ identity, permissions }: Principal): string {
  return permissions.length > 0 ? `${identity} (${permissions.join(', ')})` : identity;
}

function outcomeOf({ decision, refusal }: Verdict): string {
  if (!decision) return `refused ${refusal?.status ?? 500}: ${refusal?.message ?? ''}`;
  return decision.kind === 'restrict' ? formatFilter(decision.filter) : decision.kind;
}

function tableOf(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
