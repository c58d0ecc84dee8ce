import {
  startApplication,
  type Answer,
  type Caller,
  type TestApplication,
} from '../../support/application.js';
import { testGraphs } from '../../support/graphs/index.js';
import type { AppOptions } from '../../../src/app.module.js';
import type { TestDatabase } from '../../support/databases.js';

/** The whole application with graphs to run, and two people who use it. */
export interface RunsApplication extends TestApplication {
  readonly alice: Caller;
  readonly bob: Caller;
  /** The id of a new thread of somebody's. */
  readonly newThread: (caller: Caller) => Promise<string>;
}

export async function startRuns(
  database: TestDatabase,
  options: Partial<AppOptions> = {},
): Promise<RunsApplication> {
  const server = await startApplication({ databaseUrl: database.url, graphs: testGraphs, ...options });
  return {
    ...server,
    alice: await server.as('alice'),
    bob: await server.as('bob'),
    newThread: async (caller) => String(objectOf(await caller('POST', '/threads', {})).thread_id),
  };
}

/** The body of an answer that has to be a JSON object. */
export function objectOf({ status, text, body }: Answer): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Error(`expected an object, got ${status} ${text}`);
  return body as Record<string, unknown>;
}

export interface ReadEvent {
  readonly event: string;
  readonly data: unknown;
  readonly id: string | undefined;
}

/** The events of a transcript, without heartbeats. */
export function eventsOf(transcript: string): ReadEvent[] {
  const frames = transcript.replaceAll(': heartbeat\n', '').split('\n\n');
  return frames.filter((text) => text !== '').map(eventOf);
}

export function namesOf(transcript: string): string[] {
  return eventsOf(transcript).map(({ event }) => event);
}

function eventOf(text: string): ReadEvent {
  const fields = new Map(text.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^\w+: /, '')]));
  return {
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? 'null') as unknown,
    id: fields.get('id'),
  };
}
