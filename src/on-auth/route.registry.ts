import { Injectable, type Type } from '@nestjs/common';
import { isMessageRoute } from './message.pattern.js';
import type { RouteAccess } from './route.js';
import type { DeclaredRoute } from './route.explorer.js';

type Method = (...args: never[]) => unknown;

/** Keeps what each route declares, for the guard to look up by class and method. */
@Injectable()
export class RouteRegistry {
  private readonly access = new Map<Type, Map<Method, RouteAccess>>();
  private readonly routes: DeclaredRoute[] = [];

  register(route: DeclaredRoute): void {
    const methods = this.access.get(route.controller) ?? new Map<Method, RouteAccess>();
    this.access.set(route.controller, methods.set(route.method, route.access));
    this.routes.push(route);
  }

  /** `undefined` for a route that was not there at boot: the guard refuses it. */
  accessOf(controller: Type, method: Method): RouteAccess | undefined {
    return this.access.get(controller)?.get(method);
  }

  /** Routes and handlers of messages. */
  all(): readonly DeclaredRoute[] {
    return this.routes;
  }

  /** The routes that requests over HTTP reach. */
  requested(): readonly DeclaredRoute[] {
    return this.routes.filter((route) => !isMessageRoute(route));
  }

  /** Every event that some route or message handler fires, sorted. */
  events(): readonly string[] {
    const events = this.routes.flatMap(({ access }) =>
      access.kind === 'authorized' ? [access.event, ...access.further] : [],
    );
    return [...new Set<string>(events)].sort();
  }
}
