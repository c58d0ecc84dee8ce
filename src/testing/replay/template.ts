import type { MatrixRow, Refusal, RouteId } from '../../../src/on-auth/index.js';
import type { Ids } from './ids.js';
import type { OwnWorld } from './own.world.js';

/**
 * A valid request of one route, for its caller's own rows. The parts of its path are filled by name; then one id after the other is put in
 * the place of one of the caller's own.
 */
export interface Template {
  /** As the matrix names it: `GET /threads/:thread_id`. */
  readonly route: string;
  /** What tells it from other templates of the route. */
  readonly variant?: string;
  /** The caller's own rows that it works on; those of a world that is made once, unless it changes them. */
  readonly own?: (world: OwnWorld) => Promise<Ids>;
  readonly query?: Readonly<Record<string, string>> | ((ids: Ids) => Readonly<Record<string, string>>);
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: (ids: Ids) => unknown;
  /** Parts of the path that name no row. */
  readonly path?: Readonly<Record<string, string>>;
  /** The ids that are put into it, by name; all that the route declares, unless another template of the route is made for some. */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  /** By the name of an id, how it is refused where the policy of the replay refuses before the filter would. */
  readonly refusals?: Readonly<Record<string, Refusal>>;
}

/** The ids of a route that a template is made for. */
export function idsFor(
  { route, only, without = [] }: Template,
  rows: readonly MatrixRow[],
): readonly RouteId[] {
  const ids = rows.find((row) => row.route === route)?.ids ?? [];
  return ids.filter(
    ({ name, resource }) => resource !== 'none' && !without.includes(name) && (only?.includes(name) ?? true),
  );
}

/** `GET /threads/:thread_id (with ttl)`, for messages. */
export function titleOf({ route, variant }: Template): string {
  return variant ? `${route} (${variant})` : route;
}
