/** The text of what came with a message beside its data, by lower-case name. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** Where the transports of Nest keep what comes with a message; a strategy of one's own has one of the first two. */
interface MessageContext {
  /** TCP, Redis. */
  getMetadata?(): unknown;
  /** NATS. */
  getHeaders?(): unknown;
  /** RabbitMQ, Kafka. */
  getMessage?():
    { readonly properties?: { readonly headers?: unknown }; readonly headers?: unknown } | undefined;
  /** MQTT. */
  getPacket?(): { readonly properties?: { readonly userProperties?: unknown } } | undefined;
  /** gRPC, whose context is the metadata itself. */
  getMap?(): unknown;
}

/**
 * Reads what came with a message. A name that comes twice is left out: two readers would not see the same in it.
 *
 * @param context what Nest hands to a handler as its context
 */
export function messageHeadersOf(context: unknown): MessageHeaders {
  const read = new Map<string, string | undefined>();
  for (const [key, value] of pairsOf(metadataOf(context))) {
    const name = key.toLowerCase();
    read.set(name, read.has(name) ? undefined : textOf(value));
  }
  return Object.fromEntries([...read].filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function metadataOf(context: unknown): unknown {
  if (typeof context !== 'object' || context === null) return undefined;
  const source = context as MessageContext;
  if (source.getMetadata) return source.getMetadata();
  if (source.getHeaders) return source.getHeaders();
  if (source.getPacket) return source.getPacket()?.properties?.userProperties;
  if (source.getMap) return source.getMap();
  const message = source.getMessage?.();
  return message?.properties?.headers ?? message?.headers;
}

/** A record, or a list of pairs such as NATS has. */
function pairsOf(metadata: unknown): readonly (readonly [string, unknown])[] {
  if (typeof metadata !== 'object' || metadata === null) return [];
  if (!(Symbol.iterator in metadata)) return Object.entries(metadata);
  const pairs = [...(metadata as Iterable<unknown>)];
  return pairs.filter(
    (pair): pair is [string, unknown] => Array.isArray(pair) && typeof pair[0] === 'string',
  );
}

/** Kafka sends bytes, NATS and MQTT lists; of several values none counts. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return Array.isArray(value) && value.length === 1 ? textOf(value[0]) : undefined;
}
