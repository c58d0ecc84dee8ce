import type { MatrixRow } from '../../on-auth/authorization.matrix.js';
import type { Refusal, RouteId } from '../../on-auth/route.id.js';

/** What somebody has of their own, made when it is asked for. */
export interface World<I extends object> {
  /** Made once, and not to be changed. */
  readonly settled: () => Promise<I>;
}

/**
 * A valid request of one route, for its caller's own rows. The parts of its path are filled by name; then one id after the other is put in
 * the place of one of the caller's own.
 *
 * @typeParam I the ids of somebody's rows, by name
 */
export interface Template<I extends object = Ids, W extends World<I> = World<I>> {
  /** As the matrix names it: `GET /threads/:thread_id`. */
  readonly route: string;
  /** What tells it from other templates of the route. */
  readonly variant?: string;
  /** The caller's own rows that it works on; those of a world that is made once, unless it changes them. */
  readonly own?: (world: W) => Promise<I>;
  readonly query?: Readonly<Record<string, string>> | ((ids: I) => Readonly<Record<string, string>>);
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: (ids: I) => unknown;
  /** Parts of the path that name no row. */
  readonly path?: Readonly<Record<string, string>>;
  /** The ids that are put into it, by name; all that the route declares, unless another template of the route is made for some. */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  /** By the name of an id, how it is refused where the policy of the replay refuses before the filter would. */
  readonly refusals?: Readonly<Record<string, Refusal>>;
}

/** The ids of somebody's rows, by the names that routes have for them: `{ invoice_id: '...' }`. */
export type Ids = Readonly<Record<string, unknown>>;

/** What of a template is needed to know which ids it is made for. */
export type TemplatePlaces = Pick<Template, 'route' | 'only' | 'without'>;

/** The ids of a route that a template is made for. */
export function idsFor(
  { route, only, without = [] }: TemplatePlaces,
  rows: readonly MatrixRow[],
): readonly RouteId[] {
  const ids = rows.find((row) => row.route === route)?.ids ?? [];
  return ids.filter(
    ({ name, resource }) => resource !== 'none' && !without.includes(name) && (only?.includes(name) ?? true),
  );
}

/** `GET /threads/:thread_id (with ttl)`, for messages. */
export function titleOf({ route, variant }: Pick<Template, 'route' | 'variant'>): string {
  return variant ? `${route} (${variant})` : route;
}
