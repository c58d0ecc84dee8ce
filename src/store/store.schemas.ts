import { OBJECT, TEXT, TIME, listOf, nullable, objectOf } from '../http/schema/json.schema.js';

const MEMBERS = {
  namespace: listOf(TEXT),
  key: TEXT,
  value: OBJECT,
  created_at: TIME,
  updated_at: TIME,
} as const;

/** An item of the store; null where there is none. */
export const ITEM = nullable(objectOf('Item', MEMBERS));
export const FOUND_ITEMS = objectOf('FoundItems', {
  items: listOf(objectOf('FoundItem', { ...MEMBERS, score: { type: 'number' } }, ['score'])),
});
export const NAMESPACES = objectOf('Namespaces', { namespaces: listOf(listOf(TEXT)) });
