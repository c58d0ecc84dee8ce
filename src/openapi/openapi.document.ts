import { DOCUMENTED, type RouteDocumentation } from '../http/documented.decorator.js';
import { TEXT, objectOf, type JsonSchema } from '../http/schema/json.schema.js';
import type { DeclaredRoute } from '../on-auth/index.js';
import { ComponentCollector } from './component.collector.js';
import { requestPartsOf } from './request.parts.js';
import { ERROR_RESPONSES, responsesOf } from './response.parts.js';
import type { SecurityDocumentation } from './security.schemes.js';

/** An OpenAPI 3.1 document, as JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

const DESCRIPTION = `What a request may see and do is decided by handlers for the event of its route (\`x-onauth-event\`). A row that is not
visible is answered as one that never existed. Every error is \`{"detail": "..."}\`. \`null\` for an optional field counts as absent, and
fields that are not described are ignored.`;

const ERROR = objectOf('Error', { detail: TEXT });

/**
 * Describes routes as they are declared: path and method by Nest's decorators, event and ids by `@Authorize`, parameters and body by the
 * rules that requests are validated with, answers by `@Documented`. It says nothing about the host, and no version of the server.
 *
 * @param proof how requests prove who is calling
 */
export function openApiDocument(
  routes: readonly DeclaredRoute[],
  { schemes, security }: SecurityDocumentation,
): OpenApiDocument {
  const components = new ComponentCollector();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, route } of byPath(routes)) {
    const operation = operationOf(route, path, { components, security });
    paths[templateOf(path)] = { ...paths[templateOf(path)], [route.verb.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'OnAuth Server', version: '1', description: DESCRIPTION },
    tags: tagsOf(routes).map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...components.schemas, Error: ERROR },
      responses: ERROR_RESPONSES,
      securitySchemes: schemes,
    },
  };
}

interface OperationContext {
  readonly components: ComponentCollector;
  /** What a request is authenticated by: any of these. */
  readonly security: readonly JsonSchema[];
}

function operationOf(
  route: DeclaredRoute,
  path: string,
  { components, security }: OperationContext,
): Readonly<Record<string, unknown>> {
  const documentation = Reflect.getMetadata(DOCUMENTED, route.method) as RouteDocumentation | undefined;
  const { access } = route;
  const isOpen = access.kind === 'public';
  return {
    operationId: `${route.name.replace('Controller.', '.')}${suffixOf(route, path)}`,
    tags: [tagOf(route)],
    ...(documentation && { summary: documentation.summary }),
    ...(!isOpen && {
      description: describedEvents(access),
      'x-onauth-event': access.event,
      'x-onauth-further-events': access.further,
    }),
    security: isOpen ? [] : security,
    ...requestPartsOf(route, path, { components, documentation }),
    responses: responsesOf(route, { components, documentation }),
  };
}

function describedEvents({ event, further }: { event: string; further: readonly string[] }): string {
  const besides = further.map((name) => `\`${name}\``).join(', ');
  return `Decided by the handler of \`${event}\`${besides && `; further decisions: ${besides}`}.`;
}

/** One line for each path of a route, in the order of the paths. */
function byPath(routes: readonly DeclaredRoute[]) {
  const all = routes.flatMap((route) => route.paths.map((path) => ({ path, route })));
  return all.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** `/threads/{thread_id}` */
function templateOf(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, '{$1}');
}

/** Ids of operations are unique, also where a route has several paths. */
function suffixOf({ paths }: DeclaredRoute, path: string): string {
  return paths.length > 1 ? `.${paths.indexOf(path)}` : '';
}

const SYSTEM = 'system';

/** The last part of the controller's path that is no parameter, such as `runs` of `/threads/:thread_id/runs`. */
function tagOf({ controller }: DeclaredRoute): string {
  const path = [Reflect.getMetadata('path', controller) as string | string[]].flat()[0] ?? '';
  const parts = path.split('/').filter((part) => part !== '' && !part.startsWith(':'));
  return parts.at(-1) ?? SYSTEM;
}

function tagsOf(routes: readonly DeclaredRoute[]): readonly string[] {
  return [...new Set(routes.map(tagOf))].sort();
}
