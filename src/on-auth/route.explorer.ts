import { Injectable, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { WiringError } from './errors.js';
import { OnAuthMetadataAccessor } from './metadata.accessor.js';
import type { RouteAccess } from './route.js';

type Method = (...args: never[]) => unknown;

export interface DeclaredRoute {
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

  /** @throws WiringError for a route that declares neither an event nor `@Public()`, or both */
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
    const declaration = this.accessor.authorizeOf(method, controller);
    const open = this.accessor.isPublic(method, controller);
    if (this.accessor.isContradictory(method, controller)) {
      throw new WiringError(`${name} has both @Authorize(...) and @Public(); keep one.`);
    }
    // The method's own declaration beats the class's, whichever of the two it is.
    const ownPublic = this.accessor.isPublic(method, method as unknown as Type);
    if (declaration && !ownPublic)
      return { controller, method, name, access: { kind: 'authorized', ...declaration } };
    if (open) return { controller, method, name, access: { kind: 'public' } };
    throw new WiringError(
      `${name} is a route that declares no event; put @Authorize(resource, action, input) or @Public() on it.`,
    );
  }
}
