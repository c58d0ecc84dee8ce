import type { JsonObject } from './json.js';

const RESERVED = new Set(['created_by', 'langgraph_request_id']);
const RESERVED_PREFIX = 'langgraph_auth_';

/** Keys of metadata that only the server or a policy sets. */
export function isReservedMetadataKey(key: string): boolean {
  return RESERVED.has(key) || key.startsWith(RESERVED_PREFIX);
}

/** A copy of a client's metadata without the reserved keys; they are dropped silently, as the contract has it. */
export function withoutReserved(metadata: JsonObject | undefined): JsonObject {
  const copy = { ...metadata };
  for (const key of Object.keys(copy)) if (isReservedMetadataKey(key)) Reflect.deleteProperty(copy, key);
  return copy;
}
