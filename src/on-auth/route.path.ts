import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

/** Where a route is found, as Nest's own decorators say it. */
export interface RoutePath {
  /** `GET` */
  readonly verb: string;
  /** `/threads/:thread_id`; several where a decorator lists several. */
  readonly paths: readonly string[];
  /** The names in the paths: `thread_id`. */
  readonly parameters: readonly string[];
}

export function routePathOf(controller: Type, method: object): RoutePath {
  const paths = pathsOf(controller).flatMap((prefix) => pathsOf(method).map((path) => joined(prefix, path)));
  const parameters = paths.flatMap((path) => [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => name));
  const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as number];
  return { verb, paths, parameters: [...new Set(parameters)] };
}

/** Nest keeps one path or a list of them. */
function pathsOf(target: object): readonly string[] {
  return [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();
}

function joined(...parts: readonly string[]): string {
  return `/${parts.join('/')}`.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
