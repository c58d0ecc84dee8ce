import type { BaseMessage } from '@langchain/core/messages';
import { isReservedKey } from '../reserved.keys.js';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

const REPLACEMENT = '\uFFFD';
/** Deeper than any honest state, and far from the end of the stack. */
const MAX_DEPTH = 500;

/**
 * Turns whatever a graph holds into plain JSON, in one pass:
 * - messages are flat, `{ type, content, id, ... }`;
 * - dates are ISO strings, maps objects, sets and numeric arrays lists, bytes base64, big integers strings of digits;
 * - errors are `{ error: name, message }`, without their stack; what has a `toJSON` says what it is;
 * - what JSON does not know is left out of objects and `null` elsewhere, as `JSON.stringify` does;
 * - cycles and what is nested too deeply become a string that says so;
 * - the principal (`langgraph_auth_*`) is left out, wherever it hides;
 * - NUL and lone surrogates, which PostgreSQL cannot store in `jsonb`, become U+FFFD.
 *
 * @example toJson({ messages: [new HumanMessage('hi')], at: new Date(0) })
 */
export function toJson(value: unknown): JsonValue {
  return new Serializer().json(value) ?? null;
}

/** `toJson` of something that is an object. */
export function toJsonObject(value: object): JsonObject {
  const json = toJson(value);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : { value: json };
}

class Serializer {
  private readonly ancestors = new Set<object>();

  /** `undefined` stands for what JSON leaves out. */
  json(value: unknown): JsonValue | undefined {
    switch (typeof value) {
      case 'string':
        return wellFormed(value);
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'boolean':
        return value;
      case 'bigint':
        return value.toString();
      case 'object':
        return value === null ? null : this.nested(value);
      default:
        return undefined;
    }
  }

  private nested(value: object): JsonValue | undefined {
    if (this.ancestors.has(value)) return '[Circular]';
    if (this.ancestors.size >= MAX_DEPTH) return '[Nested too deeply]';
    this.ancestors.add(value);
    try {
      return this.object(value);
    } finally {
      this.ancestors.delete(value);
    }
  }

  private object(value: object): JsonValue | undefined {
    if (Array.isArray(value)) return this.list(value);
    if (isPlain(value)) return this.members(Object.entries(value));
    if (isMessage(value)) return this.message(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Map) return this.members([...value].map(([key, member]) => [this.key(key), member]));
    if (value instanceof Set) return this.list([...value]);
    if (value instanceof Error)
      return this.members(Object.entries({ error: value.name, message: value.message }));
    if (ArrayBuffer.isView(value)) return this.view(value);
    if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
    if (hasToJson(value)) return this.json(value.toJSON());
    return this.members(Object.entries(value));
  }

  private list(values: readonly unknown[]): JsonValue[] {
    return values.map((value) => this.json(value) ?? null);
  }

  private members(entries: readonly [string, unknown][]): JsonObject {
    const result: JsonObject = {};
    for (const [key, member] of entries) {
      if (isReservedKey(key)) continue;
      const json = this.json(member);
      if (json === undefined) continue;
      // Assigning to __proto__ would set the prototype; here it is a key as any other.
      if (key === '__proto__') Object.defineProperty(result, key, { value: json, enumerable: true });
      else result[wellFormed(key)] = json;
    }
    return result;
  }

  /** A map may have anything for a key. */
  private key(key: unknown): string {
    const json = this.json(key) ?? null;
    return typeof json === 'string' ? json : JSON.stringify(json);
  }

  private message(message: BaseMessage): JsonValue | undefined {
    const { type, data } = message.toDict();
    return this.json({ ...data, type });
  }

  private view(view: ArrayBufferView): JsonValue {
    if (view instanceof Uint8Array || view instanceof DataView)
      return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');
    return this.list(Array.from(view as unknown as ArrayLike<number | bigint>));
  }
}

/** The text without what PostgreSQL cannot store in `jsonb`. */
export function wellFormed(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  return formed.includes('\0') ? formed.replaceAll('\0', REPLACEMENT) : formed;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return !hasToJson(value);
}

/** By its shape: a project may bring its own copy of the package. */
function isMessage(value: object): value is BaseMessage {
  return 'toDict' in value && typeof value.toDict === 'function' && '_getType' in value;
}

function hasToJson(value: object): value is { toJSON: () => unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
