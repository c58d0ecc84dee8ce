import { TEXT } from '../http/schema/json.schema.js';
import { rule } from '../http/validation.js';
import type { Thread } from './thread.entity.js';

/** Alias -> path into a thread, such as `{ last: 'values.messages[-1].content' }`. */
export type ThreadExtract = Readonly<Record<string, string>>;

const ROOTS = new Set(['values', 'metadata', 'config', 'interrupts']);
const PATH = /^[^.[\]]+(\.[^.[\]]+|\[-?\d{1,9}\])*$/;
const STEP = /[^.[\]]+/g;
const MAX_EXTRACTS = 10;

export function IsExtract(): PropertyDecorator {
  return rule('isExtract', {
    validate: isExtract,
    problem: () =>
      `must map up to ${MAX_EXTRACTS} names to paths like values.messages[-1] (in ${[...ROOTS].join(', ')})`,
    schema: { type: 'object', additionalProperties: TEXT, maxProperties: MAX_EXTRACTS },
  });
}

/** The parts of a thread that a search asked for; null where a path leads nowhere. Negative indexes count from the end. */
export function extractFrom(thread: Thread, extract: ThreadExtract): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extract).map(([alias, path]) => [alias, follow(thread, path)]));
}

function isExtract(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const paths = Object.values(value);
  return paths.length <= MAX_EXTRACTS && paths.every(isPath);
}

function isPath(path: unknown): boolean {
  return (
    typeof path === 'string' && path.length <= 1000 && PATH.test(path) && ROOTS.has(path.split(/[.[]/, 1)[0])
  );
}

function follow(thread: Thread, path: string): unknown {
  const steps = path.match(STEP) ?? [];
  return steps.reduce<unknown>(step, thread) ?? null;
}

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^-?\d+$/.test(key) ? (value as unknown[]).at(Number(key)) : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}
