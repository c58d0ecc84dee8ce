import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';

/** A serialized value as the tables hold it: the serializer's name for its form, and text. */
export interface StoredValue {
  readonly type: string;
  readonly value: string;
}

/** Of a channel that holds nothing. */
export const EMPTY: StoredValue = Object.freeze({ type: 'empty', value: '' });

const BYTES = 'bytes';

/** Writes values as text, which both databases store alike: JSON as it is, bytes in base64. */
export class ValueCodec {
  constructor(private readonly serializer: SerializerProtocol) {}

  async encode(value: unknown): Promise<StoredValue> {
    const [type, bytes] = await this.serializer.dumpsTyped(value);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { type, value: buffer.toString(type === BYTES ? 'base64' : 'utf8') };
  }

  async decode({ type, value }: StoredValue): Promise<unknown> {
    const decoded: unknown = await this.serializer.loadsTyped(
      type,
      type === BYTES ? new Uint8Array(Buffer.from(value, 'base64')) : value,
    );
    return decoded;
  }
}
