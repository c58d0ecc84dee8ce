import { toJsonObject, type JsonObject } from '../execution/serialize.js';
import type { StoreItem } from './store-item.entity.js';

/** The members of a document that are not of the value, but say where it lies. */
export const COVERING_KEYS: ReadonlySet<string> = new Set(['namespace', 'key']);

/** Joins a value with its address, and keeps apart what the address covers. */
export function documentOf(
  namespace: readonly string[],
  key: string,
  value: object,
): Pick<StoreItem, 'document' | 'covered'> {
  const json = toJsonObject(value);
  return {
    document: { ...json, namespace: [...namespace], key },
    covered: only(json, (member) => COVERING_KEYS.has(member)),
  };
}

/** The value as it was put. */
export function valueOf({ document, covered }: Pick<StoreItem, 'document' | 'covered'>): JsonObject {
  return { ...only(document, (member) => !COVERING_KEYS.has(member)), ...covered };
}

function only(object: JsonObject, isWanted: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => isWanted(key)));
}
