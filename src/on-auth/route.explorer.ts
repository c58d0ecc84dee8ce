import { Injectable, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { WiringError } from './errors.js';
import { OnAuthMetadataAccessor, type Authorization } from './metadata.accessor.js';
import type { RouteAccess } from './route.js';
import { fixedIdsOf, routeIdsOf } from './route.id.js';
import { inspectRouteIds } from './route-ids.inspector.js';
import { routePathOf, type RoutePath } from './route.path.js';

type Method = (...args: never[]) => unknown;

export interface DeclaredRoute extends RoutePath {
  readonly controller: Type;
  readonly method: Method;
  /** `ThreadsController.search`, for messages. */
  readonly name: string;
  readonly access: RouteAccess;
}

/** Finds every route of the application and what it declares. Pure: it returns a list. */
@Injectable()
export class RouteExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly accessor: OnAuthMetadataAccessor,
  ) {}

  /** @throws WiringError for a route that declares neither an event nor `@Public()`, or both, or not every id that it takes */
  explore(): readonly DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const controller = metatype as Type<object>;
      const prototype = controller.prototype as object;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((name) => [name, Reflect.get(prototype, name) as unknown] as const)
        .filter((entry): entry is readonly [string, Method] => this.isRoute(entry[1]))
        .map(([name, method]) => this.declared(controller, method, `${controller.name}.${name}`));
    });
  }

  private isRoute(method: unknown): boolean {
    return typeof method === 'function' && this.reflector.get<unknown>(PATH_METADATA, method) !== undefined;
  }

  private declared(controller: Type, method: Method, name: string): DeclaredRoute {
    const path = routePathOf(controller, method);
    const access = this.accessOf(controller, method, { name, ...path });
    const route = { controller, method, name, ...path, access };
    inspectRouteIds(route);
    return route;
  }

  private accessOf(controller: Type, method: Method, { name, parameters }: NamedPath): RouteAccess {
    const declaration = this.accessor.authorizeOf(method, controller);
    const open = this.accessor.isPublic(method, controller);
    if (this.accessor.isContradictory(method, controller)) {
      throw new WiringError(`${name} has both @Authorize(...) and @Public(); keep one.`);
    }
    // The method's own declaration beats the class's, whichever of the two it is.
    const ownPublic = this.accessor.isPublic(method, method as unknown as Type);
    if (declaration && !ownPublic) return authorized(declaration, parameters);
    if (open) return { kind: 'public' };
    throw new WiringError(
      `${name} is a route that declares no event; put @Authorize(resource, action, input) or @Public() on it.`,
    );
  }
}

type NamedPath = RoutePath & Pick<DeclaredRoute, 'name'>;

function authorized(authorization: Authorization, parameters: readonly string[]): RouteAccess {
  const ids = routeIdsOf(authorization.input.ids, authorization.event, parameters);
  return { kind: 'authorized', ...authorization, ids, fixed: fixedIdsOf(authorization.input.ids) };
}
