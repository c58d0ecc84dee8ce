import { UnprocessableEntityException, type Type } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { HandlerFaultError } from '../on-auth/errors.js';
import { whenThere, type Eventual } from '../on-auth/eventual.js';
import type { AuthEvent, AuthValue } from '../on-auth/event.js';
import type { Principal } from '../on-auth/principal.js';
import { declarationOf, fixedIdsOf, type IdSource, type RouteIds } from '../on-auth/route.id.js';
import type { RequestField, RouteInput, RouteRequest } from '../on-auth/route.js';
import { isStorable } from '../on-auth/storable.js';
import { carriersIn } from './id.carriers.js';
import { refuseUnstorableText } from './json-body.reader.js';
import { notSent, type QueryParser } from './query.parsers.js';
import { isUuid } from './validation.js';
import { ValidityCheck } from './validity.check.js';

type Fields<I> = keyof I & string;

export interface RouteInputOptions<E extends AuthEvent, I extends object> {
  /** The validated request: a class of class-validator; initial values are the defaults, `null` counts as absent. */
  readonly type: Type<I>;
  /** Every field that names a row, by its name or by a mark (`CarriesIds`), and where the request carries it. */
  readonly ids?: RouteIds;
  /** Fields that come from the query instead of the body, and how each is read. */
  readonly query?: Partial<Readonly<Record<Fields<I>, QueryParser>>>;
  /** Fields that come from a header, by the header's lower-case name. */
  readonly headers?: Partial<Readonly<Record<Fields<I>, string>>>;
  /** Fields that keep an explicit `null`. */
  readonly nullable?: readonly Fields<I>[];
  readonly value: (input: I, principal: Principal) => AuthValue<E>;
  /** Fields that a handler may change in the value. The others are taken from the request whatever it does. */
  readonly honours?: readonly (Fields<I> & keyof AuthValue<E>)[];
  /** Replaces the plain copy of `honours`, where the change has to be combined with the request. */
  readonly accept?: (input: I, value: AuthValue<E>) => Partial<I>;
}

/** A request with a body reader; `body` is used where an application parses bodies by itself. */
type ReadableRequest = RouteRequest & { readonly readBody?: () => Promise<unknown> };

/**
 * The input of a route from a class of class-validator. The path wins over headers, query and body; unknown fields are ignored.
 *
 * @example
 * export const ThreadById = routeInput('threads:read', {
 *   type: ThreadId, ids: { thread_id: 'path' }, value: ({ thread_id }) => ({ thread_id }),
 * });
 */
export function routeInput<E extends AuthEvent, I extends object>(
  event: E,
  options: RouteInputOptions<E, I>,
): RouteInput<E, I> {
  const { type, ids = {}, value, honours = [], accept = copyOf<E, I>(honours) } = options;
  const fields = fieldsOf(type);
  const readsBody = fields.some((field) => sourceOf(field, options) === 'body');
  const plainIds = fixedIdsOf(ids);
  const addressOf = addressReader(options);
  const read = (request: RouteRequest, body?: Readonly<Record<string, unknown>>): I => {
    const address = addressOf(request);
    for (const field of Object.keys(address)) refuseUnstorableIn(field, address[field]);
    const raw = body ? { ...body, ...address } : address;
    for (const id of plainIds) raw[id] = plainIdsIn(raw[id]);
    return validated(instantiate(type, fields, raw, options.nullable ?? []), refuse);
  };
  return {
    ids,
    carriers: fields.flatMap((field) => carriersIn(type, field, sourceOf(field, options) === 'body')),
    shape: { type, fields: requestFieldsOf(fields, options) },
    parse(request) {
      return readsBody ? whenThere(bodyOf(request), (body) => read(request, body)) : read(request);
    },
    value,
    accept(input, changed) {
      const taken = accept(input, changed);
      if (!isStorable(taken))
        throw new HandlerFaultError(`the handler of ${event} left text that cannot be stored`);
      const next = Object.assign(Object.create(type.prototype as object) as I, input, taken);
      return validated(
        next,
        (problem) => new HandlerFaultError(`the handler of ${event} left a wrong value: ${problem}`),
      );
    },
  };
}

/** Validates a plain object against a class; for bodies that are not one object, such as a batch. @throws HttpException 422 */
export function parseObject<I extends object>(
  type: Type<I>,
  raw: unknown,
  nullable: readonly string[] = [],
): I {
  return validated(instantiate(type, fieldsOf(type), objectOf(raw), nullable), refuse);
}

export function bodyOf(request: RouteRequest): Eventual<Record<string, unknown>> {
  return whenThere(rawBodyOf(request), (body) => (body === undefined || body === null ? {} : objectOf(body)));
}

/** The parsed body as it is, for those that are not one object. */
export function rawBodyOf(request: RouteRequest): Eventual<unknown> {
  const { readBody } = request as ReadableRequest;
  return readBody ? readBody.call(request) : request.body;
}

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refuse('the body must be a JSON object');
  return body as Record<string, unknown>;
}

function sourceOf<E extends AuthEvent, I extends object>(
  field: string,
  { ids = {}, query = {}, headers = {} }: RouteInputOptions<E, I>,
): IdSource {
  if (field in ids && declarationOf(ids[field]).in === 'path') return 'path';
  if (field in headers) return 'header';
  return field in query ? 'query' : 'body';
}

function requestFieldsOf<E extends AuthEvent, I extends object>(
  fields: readonly string[],
  options: RouteInputOptions<E, I>,
): readonly RequestField[] {
  const parsers: Readonly<Record<string, QueryParser | undefined>> = options.query ?? {};
  const headers: Readonly<Record<string, string | undefined>> = options.headers ?? {};
  const nullable: readonly string[] = options.nullable ?? [];
  return fields
    .filter((name) => parsers[name] !== notSent)
    .map((name) => ({
      name,
      in: sourceOf(name, options),
      at: headers[name] ?? name,
      nullable: nullable.includes(name),
    }));
}

/** Reads the fields that stand outside of the body, by name. The path wins over headers, and those over the query. */
function addressReader<E extends AuthEvent, I extends object>({
  query = {},
  headers = {},
}: RouteInputOptions<E, I>): (request: RouteRequest) => Record<string, unknown> {
  const parsers = Object.entries(query) as [string, QueryParser][];
  const names = Object.entries(headers) as [string, string][];
  return (request) => {
    const sent = request.query as Readonly<Record<string, unknown>>;
    const address: Record<string, unknown> = {};
    for (const [field, parse] of parsers) address[field] = parse(sent[field]);
    for (const [field, name] of names) address[field] = request.headers[name];
    // Spread, and not assigned: what comes with a message may have a member `__proto__`.
    return { ...address, ...(request.params as Record<string, unknown>) };
  };
}

function copyOf<E extends AuthEvent, I extends object>(honours: readonly (Fields<I> & keyof AuthValue<E>)[]) {
  return (_: I, value: AuthValue<E>): Partial<I> =>
    Object.fromEntries(honours.map((field) => [field, value[field]])) as unknown as Partial<I>;
}

/** Bodies are checked where they are read. */
function refuseUnstorableIn(field: string, value: unknown): void {
  if (typeof value === 'string') refuseUnstorableText(value, field);
  else if (Array.isArray(value))
    for (const text of value) if (typeof text === 'string') refuseUnstorableText(text, field);
}

/** UUIDs are compared and stored in lower case. */
function plainIdsIn(value: unknown): unknown {
  return Array.isArray(value) ? value.map(plainId) : plainId(value);
}

function plainId(id: unknown): unknown {
  return isUuid(id) ? id.toLowerCase() : id;
}

const fieldCache = new Map<Type, readonly string[]>();

/** The fields of a class are the properties that have a validation rule. */
function fieldsOf(type: Type): readonly string[] {
  const known = fieldCache.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const fields = [...new Set(rules.map((rule) => rule.propertyName))];
  fieldCache.set(type, fields);
  return fields;
}

function instantiate<I extends object>(
  type: Type<I>,
  fields: readonly string[],
  raw: Record<string, unknown>,
  nullable: readonly string[],
): I {
  const instance = new type();
  const writable = instance as Record<string, unknown>;
  for (const field of fields) {
    const given = Object.hasOwn(raw, field) ? raw[field] : undefined;
    if (given === undefined || (given === null && !nullable.includes(field))) continue;
    writable[field] = given;
  }
  return instance;
}

function validated<I extends object>(instance: I, refusal: (problem: string) => Error): I {
  if (ValidityCheck.of(instance.constructor as Type).accepts(instance)) return instance;
  const errors = validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false });
  if (errors.length > 0) throw refusal(problemOf(errors[0]));
  return instance;
}

function problemOf({ property, constraints, children }: ValidationError): string {
  const own = Object.values(constraints ?? {})[0];
  if (own) return own;
  const [child] = children ?? [];
  return children?.length ? `${property}.${problemOf(child)}` : `${property} is not valid`;
}

function refuse(problem: string): UnprocessableEntityException {
  return new UnprocessableEntityException(problem);
}
