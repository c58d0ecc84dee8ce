import { STATUS_CODES } from 'node:http';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import type { RouteDocumentation } from '../http/documented.decorator.js';
import type { JsonSchema } from '../http/schema/json.schema.js';
import type { DeclaredRoute } from '../on-auth/index.js';
import { readsBody, type PartsContext } from './request.parts.js';

const OK = 200;
const CREATED = 201;
const NO_CONTENT = 204;

const ERROR_CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } as const;

const ERRORS: Readonly<Record<number, string>> = {
  400: 'the body is not JSON, or what is asked for cannot be done',
  401: 'nobody is known by what the request proves',
  403: 'a handler refuses',
  404: 'there is no such row, or none that is visible',
  409: 'what is there is in the way',
  413: 'the body is too large',
  415: 'the body is no JSON',
  422: 'a field is wrong; the detail names it',
  429: 'the caller has made as many requests as it may; Retry-After says in how many seconds it may again',
};

export const ERROR_RESPONSES: Readonly<Record<string, JsonSchema>> = Object.fromEntries([
  ...Object.entries(ERRORS).map(([status, description]) => [
    nameOf(Number(status)),
    { description, content: ERROR_CONTENT },
  ]),
  ['Fault', { description: 'any other fault', content: ERROR_CONTENT }],
]) as Readonly<Record<string, JsonSchema>>;

/** What a route answers with: its successes, and the errors that its declaration tells of. */
export function responsesOf(route: DeclaredRoute, context: PartsContext): JsonSchema {
  const { documentation } = context;
  const successes = documentation?.statuses ?? [statusOf(route)];
  return Object.fromEntries([
    ...successes.map((status) => [status, successOf(status, context)]),
    ...errorsOf(route).map((status) => [status, reference(nameOf(status))]),
    ['default', reference('Fault')],
  ]) as JsonSchema;
}

function statusOf({ method, verb }: DeclaredRoute): number {
  const said = Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined;
  return said ?? (verb === 'POST' ? CREATED : OK);
}

function successOf(status: number, { documentation, components }: PartsContext): JsonSchema {
  const { answers = {}, headers = {}, type = 'application/json' } = documentation ?? {};
  const described = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  return {
    description: STATUS_CODES[status] ?? 'Success',
    ...(described.length > 0 && { headers: Object.fromEntries(described) as JsonSchema }),
    ...(answers !== 'nothing' && status !== NO_CONTENT && { content: contentOf(answers, type, components) }),
  };
}

function contentOf(
  answers: Exclude<RouteDocumentation['answers'], 'nothing' | undefined>,
  type: string,
  components: PartsContext['components'],
): JsonSchema {
  if (answers === 'stream') return { 'text/event-stream': { schema: { type: 'string' } } };
  return { [type]: { schema: components.referenced(answers) } };
}

/** Of ids only statuses are told: some rows that are not visible are missing from an answer, and nothing more. */
function errorsOf(route: DeclaredRoute): readonly number[] {
  const { access } = route;
  if (access.kind === 'public') return [];
  const refusals = access.ids.map(({ refusal }) => refusal).filter((refusal) => typeof refusal === 'number');
  const ofBody = readsBody(route) ? [400, 413, 415] : [];
  const ofFields = access.input.shape?.fields.length === 0 ? [] : [422];
  const all = new Set<number>([401, 403, 429, ...refusals, ...ofBody, ...ofFields]);
  return [...all].filter((status) => status in ERRORS).sort((a, b) => a - b);
}

/** `NotFound` */
function nameOf(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(/\W/g, '');
}

function reference(name: string): JsonSchema {
  return { $ref: `#/components/responses/${name}` };
}
