import { Injectable, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { WiringError } from './errors.js';
import { isMessageRoute, messagePathOf } from './message.pattern.js';
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

/** Finds every route and message handler of the application and what it declares. Pure: it returns a list. */
@Injectable()
export class RouteExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly accessor: OnAuthMetadataAccessor,
  ) {}

  /** @throws WiringError for one that declares neither an event nor `@Public()`, or both, or not every id that it takes */
  explore(): readonly DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const controller = metatype as Type<object>;
      const prototype = controller.prototype as object;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const method = Reflect.get(prototype, name) as Method;
        return this.declarationsOf(controller, method, `${controller.name}.${name}`);
      });
    });
  }

  /** A method may be a route, a handler of messages, or both. */
  private declarationsOf(controller: Type, method: Method, name: string): readonly DeclaredRoute[] {
    const isRoute = this.reflector.get<unknown>(PATH_METADATA, method) !== undefined;
    const paths = [isRoute ? routePathOf(controller, method) : undefined, messagePathOf(method)];
    return paths
      .filter((path) => path !== undefined)
      .map((path) => this.declared(controller, method, { name, ...path }));
  }

  private declared(controller: Type, method: Method, named: NamedPath): DeclaredRoute {
    const route = { controller, method, ...named, access: this.accessOf(controller, method, named) };
    inspectRouteIds(route);
    return route;
  }

  private accessOf(controller: Type, method: Method, path: NamedPath): RouteAccess {
    const { name } = path;
    const declaration = this.accessor.authorizeOf(method, controller);
    const open = this.accessor.isPublic(method, controller);
    if (this.accessor.isContradictory(method, controller)) {
      throw new WiringError(`${name} has both @Authorize(...) and @Public(); keep one.`);
    }
    // The method's own declaration beats the class's, whichever of the two it is.
    const ownPublic = this.accessor.isPublic(method, method as unknown as Type);
    if (declaration && !ownPublic) return authorized(declaration, path);
    if (open) return { kind: 'public' };
    throw new WiringError(
      `${name} is a ${isMessageRoute(path) ? 'message handler' : 'route'} that declares no event; put @Authorize(resource, action, input) or @Public() on it.`,
    );
  }
}

type NamedPath = RoutePath & Pick<DeclaredRoute, 'name'>;

function authorized(authorization: Authorization, path: RoutePath): RouteAccess {
  const { input, event } = authorization;
  const ids = routeIdsOf(input.ids, event, path.parameters).map((id) =>
    isMessageRoute(path) ? { ...id, in: 'body' as const } : id,
  );
  return { kind: 'authorized', ...authorization, ids, fixed: fixedIdsOf(input.ids) };
}
