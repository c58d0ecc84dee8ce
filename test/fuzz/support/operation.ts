import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { isReservedMetadataKey } from '../../../src/http/reserved-metadata.js';
import { IDENTITIES, ORGS, TEAMS, type Cast } from './cast.js';
import type { Model } from './model.js';
import type { Row } from './rows.js';
import { isRefusal, verdictOn, type Metadata, type Use, type Verdict, type Who } from './rules.js';

export interface FuzzRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FuzzAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The parsed body. */
  readonly body: unknown;
}

/** A request, and what the model says of it. */
export interface Trial {
  readonly request: FuzzRequest;
  readonly status: number;
  /** Compares a success with the model, and does to the model what the request did. @throws Disagreement */
  readonly settle?: (answer: FuzzAnswer) => void;
}

/** Server and model differ. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

/** In which world, and for whom, a request is made. */
export interface Scene {
  readonly model: Model;
  readonly cast: Cast;
  readonly actor: Who;
}

/** One step of a sequence: what is asked by whom, with names and places that stand for those of the world. */
export interface Step {
  readonly operation: string;
  /** Place among the principals; one too many is nobody. */
  readonly actor: number;
  readonly details: object;
  readonly try: (scene: Scene) => Trial;
}

/** A kind of request that can be drawn. */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  readonly drawn: fc.Arbitrary<Pick<Step, 'operation' | 'details' | 'try'>>;
}

/**
 * @example
 * operation('read a thread', 4, { thread: place }, ({ model, actor }, { thread }) => ({ ... }))
 */
export function operation<A extends object>(
  name: string,
  weight: number,
  details: { [K in keyof A]: fc.Arbitrary<A[K]> },
  attempt: (scene: Scene, details: A) => Trial,
): Operation {
  const drawn = fc
    .record(details)
    .map((details) => ({ operation: name, details, try: (scene: Scene) => attempt(scene, details) }));
  return { name, weight, drawn };
}

/** A row by its place among those of its kind; see `Rows.at`. */
export const place = fc.integer({ min: -1, max: 11 });
export const maybePlace = fc.option(place, { nil: undefined, freq: 3 });

const entry = fc.oneof(
  fc.tuple(fc.constant('owner'), fc.constantFrom(...IDENTITIES)),
  fc.tuple(fc.constant('participants'), fc.uniqueArray(fc.constantFrom(...IDENTITIES), { maxLength: 3 })),
  fc.tuple(fc.constant('team'), fc.constantFrom(...TEAMS, null)),
  fc.tuple(fc.constant('org'), fc.constantFrom(...ORGS)),
  fc.tuple(fc.constant('private'), fc.constantFrom(true, false, 'true')),
  fc.tuple(fc.constant('tag'), fc.constantFrom<unknown>('x', 1, '1', null, ['x', 1], { a: 'x', b: [1] })),
  fc.tuple(fc.constant('created_by'), fc.constant('system')),
);
const metadataOf = (maxLength: number): fc.Arbitrary<Metadata> =>
  fc
    .uniqueArray(entry, { selector: ([key]) => key, maxLength, size: 'max' })
    .map((entries) => Object.fromEntries(entries) as Metadata);

/** What clients send: also what would make a row somebody else's. */
export const metadata = metadataOf(3);
/** What clients look for. */
export const criteria = fc.oneof({ weight: 2, arbitrary: fc.constant<Metadata>({}) }, metadataOf(2));
export const page = { limit: fc.integer({ min: 1, max: 6 }), offset: fc.integer({ min: 0, max: 3 }) };

/** What of a client's metadata the server takes. */
export function given({ cast }: Scene, drawn: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(cast.resolve(drawn)).filter(([key]) => !isReservedMetadataKey(key)),
  );
}

/** The status of a request for one row, by the first thing that is in its way; 200 if nothing is. */
export function statusOf(verdict: Verdict, row: Row | undefined, missing = 404): number {
  if (isRefusal(verdict)) return 403;
  return row && verdict.reaches(row.metadata) ? 200 : missing;
}

/** The status of several things that have to be all right, one after the other. */
export function firstOf(...statuses: readonly number[]): number {
  return statuses.find((status) => status > 299) ?? statuses[0];
}

/** Whether what is written would be reached by its writer. Who reaches everything may write anything. */
export function imageStatus(verdict: Verdict, metadata: Metadata): number {
  return verdict.reaches(metadata) ? 200 : 403;
}

export function verdict({ actor }: Scene, resource: string, use: Use): Verdict {
  return verdictOn(actor, resource, use);
}

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Disagreement(
    `${what} is ${JSON.stringify(actual)}, but by the model ${JSON.stringify(expected)}`,
  );
}

/** The body of an answer as an object, whatever it is. */
export function objectIn({ body }: Pick<FuzzAnswer, 'body'>): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

export function listIn({ body }: Pick<FuzzAnswer, 'body'>): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(body)) return body as Record<string, unknown>[];
  throw new Disagreement(`the body is no list: ${JSON.stringify(body)}`);
}

/** An id, a date: what the server says and the model cannot know. */
export function textIn(answer: Pick<FuzzAnswer, 'body'>, name: string): string {
  const text = objectIn(answer)[name];
  if (typeof text !== 'string') throw new Disagreement(`${name} is no text: ${JSON.stringify(text)}`);
  return text;
}
