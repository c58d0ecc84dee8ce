import { JsonPlusSerializer, type SerializerProtocol } from '@langchain/langgraph-checkpoint';

/** A serialized value as the tables hold it: the serializer's name for its form, and text. */
export interface StoredValue {
  readonly type: string;
  readonly value: string;
}

/** Of a channel that holds nothing. */
export const EMPTY: StoredValue = Object.freeze({ type: 'empty', value: '' });

const JSON_TEXT = 'json';
const BYTES = 'bytes';

/** Deeper than any honest state; a cycle never ends. */
const MAX_DEPTH = 100;
/** A key that LangGraph's serializer reads as something else, or might: the marks of its own forms, and the prototype. */
const MARK = /"lc"|__proto__/;

/** Writes values as text, which both databases store alike: JSON as it is, bytes in base64. */
export class ValueCodec {
  /** What is JSON as it stands LangGraph's serializer leaves as it is, after a long look at each part of it: that is not needed. */
  private readonly keepsJson: boolean;

  constructor(private readonly serializer: SerializerProtocol) {
    this.keepsJson = Object.getPrototypeOf(serializer) === JsonPlusSerializer.prototype;
  }

  async encode(value: unknown): Promise<StoredValue> {
    if (this.keepsJson && isJson(value, 0)) return { type: JSON_TEXT, value: JSON.stringify(value) };
    const [type, bytes] = await this.serializer.dumpsTyped(value);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { type, value: buffer.toString(type === BYTES ? 'base64' : 'utf8') };
  }

  async decode({ type, value }: StoredValue): Promise<unknown> {
    if (this.keepsJson && type === JSON_TEXT && !MARK.test(value)) return JSON.parse(value) as unknown;
    const decoded: unknown = await this.serializer.loadsTyped(
      type,
      type === BYTES ? new Uint8Array(Buffer.from(value, 'base64')) : value,
    );
    return decoded;
  }
}

/** Whether nothing within a value is of a class, undefined or a function, or one of LangGraph's `Send`s, which it knows by a key. */
function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return true;
    case 'object':
      return value === null || (depth < MAX_DEPTH && isJsonObject(value, depth + 1));
    default:
      return false;
  }
}

function isJsonObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    // Not `every`, which passes over holes.
    for (const member of value) if (!isJson(member, depth)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || 'lg_name' in value) return false;
  for (const key of Object.keys(value))
    if (!isJson((value as Record<string, unknown>)[key], depth)) return false;
  return true;
}
