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
/** What came, by name. Only own members count: one called `__proto__` is one like any other. */
type Sent = Readonly<Record<string, unknown>>;

const NOTHING: Sent = Object.freeze({});

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
  const readers = fields.map((field) => readerOf(field, options));
  const plainIds = fixedIdsOf(ids);
  const read = (request: RouteRequest, body: Sent): I => {
    const params = request.params as Sent;
    for (const name of Object.keys(params)) refuseUnstorableIn(name, params[name]);
    const sent = (field: string, index: number): unknown => {
      const value = Object.hasOwn(params, field) ? params[field] : readers[index](request, body);
      return plainIds.includes(field) ? plainIdsIn(value) : value;
    };
    return validated(instantiate(type, fields, sent, options.nullable), refuse);
  };
  const refuseHandler = (problem: string): Error =>
    new HandlerFaultError(`the handler of ${event} left a wrong value: ${problem}`);
  return {
    ids,
    carriers: fields.flatMap((field) => carriersIn(type, field, sourceOf(field, options) === 'body')),
    shape: { type, fields: requestFieldsOf(fields, options) },
    parse(request) {
      return readsBody ? whenThere(bodyOf(request), (body) => read(request, body)) : read(request, NOTHING);
    },
    value,
    accept(input, changed) {
      const taken = accept(input, changed);
      if (Object.keys(taken).length === 0) return validated(input, refuseHandler);
      if (!isStorable(taken))
        throw new HandlerFaultError(`the handler of ${event} left text that cannot be stored`);
      const next = Object.assign(Object.create(type.prototype as object) as I, input, taken);
      return validated(next, refuseHandler);
    },
  };
}

/** Validates a plain object against a class; for bodies that are not one object, such as a batch. @throws HttpException 422 */
export function parseObject<I extends object>(
  type: Type<I>,
  raw: unknown,
  nullable: readonly string[] = [],
): I {
  const sent = objectOf(raw);
  return validated(
    instantiate(type, fieldsOf(type), (field) => ownMember(sent, field), nullable),
    refuse,
  );
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

/** How a field is read that the path does not have: from a header, and else from the query, and else from the body. */
function readerOf<E extends AuthEvent, I extends object>(
  field: string,
  options: RouteInputOptions<E, I>,
): (request: RouteRequest, body: Sent) => unknown {
  const header = (options.headers as Readonly<Record<string, string>> | undefined)?.[field];
  const parse = (options.query as Readonly<Record<string, QueryParser>> | undefined)?.[field];
  if (header !== undefined) return (request) => refuseUnstorableIn(field, request.headers[header]);
  if (parse) return (request) => refuseUnstorableIn(field, parse((request.query as Sent)[field]));
  return (_request, body) => ownMember(body, field);
}

function ownMember(sent: Sent, field: string): unknown {
  return Object.hasOwn(sent, field) ? sent[field] : undefined;
}

function copyOf<E extends AuthEvent, I extends object>(honours: readonly (Fields<I> & keyof AuthValue<E>)[]) {
  if (honours.length === 0) return (): Partial<I> => ({});
  return (_: I, value: AuthValue<E>): Partial<I> =>
    Object.fromEntries(honours.map((field) => [field, value[field]])) as unknown as Partial<I>;
}

/** Bodies are checked where they are read. @returns the value */
function refuseUnstorableIn(field: string, value: unknown): unknown {
  if (typeof value === 'string') refuseUnstorableText(value, field);
  else if (Array.isArray(value))
    for (const text of value) if (typeof text === 'string') refuseUnstorableText(text, field);
  return value;
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

/** @param sent what came for a field, by its name and place */
function instantiate<I extends object>(
  type: Type<I>,
  fields: readonly string[],
  sent: (field: string, index: number) => unknown,
  nullable: readonly string[] = [],
): I {
  const instance = new type();
  const writable = instance as Record<string, unknown>;
  fields.forEach((field, index) => {
    const given = sent(field, index);
    if (given !== undefined && (given !== null || nullable.includes(field))) writable[field] = given;
  });
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
