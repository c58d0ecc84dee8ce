import { expect } from '@jest/globals';
import type { Client, StreamMode } from '@langchain/langgraph-sdk';

/** The parts of a client that are proved here. */
export const RESOURCES = ['assistants', 'threads', 'runs', 'crons', 'store'] as const;
export type Resource = (typeof RESOURCES)[number];

/** A running server, and two people who use it through one line of the SDK. */
export interface Scene {
  readonly alice: Client;
  readonly bob: Client;
}

export interface Proof {
  (scene: Scene): Promise<void>;
  /** Needs an option that only the newer line has. */
  readonly newerLineOnly?: true;
}

export interface NotApplicable {
  readonly notApplicable: string;
}

/** By title, what shows that a method works; or why the method is none of this server's. */
export type MethodProofs = Readonly<Record<string, Proof>> | NotApplicable;

/** For every public method that the types of the newer line have; what is there at run time is found by reflection. */
export type ProofsOf<R extends Resource> = Readonly<Record<Extract<keyof Client[R], string>, MethodProofs>>;

export function inNewerLine(proof: Proof): Proof {
  return Object.assign((scene: Scene) => proof(scene), { newerLineOnly: true } as const);
}

/** The methods that a client has at run time. */
export function methodsOf(part: object): string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(part));
  return names.filter((name) => name !== 'constructor');
}

/** What the client throws when the server answers with an error. */
export async function expectRefusal(
  request: Promise<unknown>,
  status: number,
  detail: string | RegExp,
): Promise<void> {
  const text = detail instanceof RegExp ? expect.stringMatching(detail) : JSON.stringify({ detail });
  await expect(request).rejects.toMatchObject({ status, text });
}

export interface Part {
  readonly event: string;
  readonly data: unknown;
  readonly id?: string;
}

/** All parts of a stream that ends, or as many as are asked for. */
export async function partsOf(stream: AsyncIterable<Part>, count = Infinity): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const { event, data, id } of stream) {
    parts.push({ event, data, ...(id !== undefined && { id }) });
    if (parts.length >= count) break;
  }
  return parts;
}

export const eventsOf = (parts: readonly Part[]): string[] => parts.map(({ event }) => event);

export const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const NEVER = '00000000-0000-4000-8000-000000000000';
export const HELLO = { messages: [{ role: 'human', content: 'hello' }] };
/** For graph `slow`: longer than any test. */
export const ENDLESS = { ms: 600_000 };

export const message = (type: string, content: string): object =>
  expect.objectContaining({ type, content, id: expect.any(String) });

/** The conversation that `HELLO` leads to with graph `agent`. */
export const ECHOED = { messages: [message('human', 'hello'), message('ai', 'echo: hello')] };

export async function newThread({ alice }: Scene, metadata: Record<string, unknown> = {}): Promise<string> {
  return (await alice.threads.create({ metadata })).thread_id;
}

/** A thread on which a graph ran to its end, or to its question. */
export async function threadAfter(
  scene: Scene,
  graph: string,
  input: Record<string, unknown>,
): Promise<string> {
  const threadId = await newThread(scene);
  await scene.alice.runs.wait(threadId, graph, { input });
  return threadId;
}

/** A run that is running by now, and does not end by itself. */
export async function endlessRun(
  { alice }: Scene,
  threadId: string,
  options: { streamResumable?: boolean; streamMode?: StreamMode[] } = {},
): Promise<string> {
  const { run_id } = await alice.runs.create(threadId, 'slow', { input: ENDLESS, ...options });
  await until(async () => (await alice.runs.get(threadId, run_id)).status === 'running');
  return run_id;
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come true within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
