import { Injectable } from '@nestjs/common';
import { resourceOf } from './event.js';
import { renderMatrix } from './matrix.renderer.js';
import type { DeclaredRoute } from './route.explorer.js';
import type { RouteId } from './route.id.js';
import { RouteRegistry } from './route.registry.js';

/** One route or message handler, and everything by which it is authorized. */
export interface MatrixRow {
  /** `GET /threads/:thread_id`; `MESSAGE orders.read` or `EVENT orders.packed` for handlers of messages */
  readonly route: string;
  /** `ThreadsController.get` */
  readonly name: string;
  /** `public` for a route that is open to everybody, whose reach ends before everything that is scoped. */
  readonly event: string;
  /** Events that its use case may fire besides. */
  readonly further: readonly string[];
  /** The resource whose filter every query of the route gets from its own event; `none` for a public route. */
  readonly resource: string;
  readonly ids: readonly RouteId[];
}

/**
 * Lists every route and message handler of the running application, those of a deployment's own modules included: which event decides about it, which ids
 * it takes, whose filter covers them, and how it refuses. Complete once the application is initialized.
 *
 * @example writeFileSync('matrix.md', app.get(AuthorizationMatrix).markdown())
 */
@Injectable()
export class AuthorizationMatrix {
  constructor(private readonly routes: RouteRegistry) {}

  /** By path, then by method. */
  rows(): readonly MatrixRow[] {
    const all = this.routes
      .all()
      .flatMap((route) => route.paths.map((path) => ({ path, row: rowOf(route, path) })));
    return all
      .sort((a, b) => compare(a.path, b.path) || compare(a.row.route, b.row.route))
      .map(({ row }) => row);
  }

  /** The same as a table in Markdown. */
  markdown(): string {
    return renderMatrix(this.rows());
  }
}

function rowOf({ verb, name, access }: DeclaredRoute, path: string): MatrixRow {
  const route = { route: `${verb} ${path}`, name };
  if (access.kind === 'public') return { ...route, event: 'public', further: [], resource: 'none', ids: [] };
  const { event, further, ids } = access;
  return { ...route, event, further, resource: resourceOf(event), ids };
}

/** By code unit: the same everywhere, whatever the language of the machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
