import { IsOptional } from 'class-validator';
import { flag, text, type QueryParser } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsFlag } from '../../http/validation.js';
import { checkLeft } from '../left.value.js';
import type { StoreItemValue } from '../store.events.js';
import { IsItemKey, IsNamespace } from './store.validation.js';

/** A route that names one item. */
export class ItemAddress {
  @IsNamespace() namespace: string[] = [];
  @IsItemKey() key!: string;
  /** The item that the handler let through: it may have moved it. */
  granted!: StoreItemValue;
}

export class GetItem extends ItemAddress {
  @IsOptional() @IsFlag() refresh_ttl?: boolean;
}

/** Labels between periods, repeated, or as a JSON list. */
const labels: QueryParser = (raw) => {
  if (raw === undefined || raw === '') return undefined;
  if (typeof raw !== 'string') return raw;
  return jsonListOf(raw) ?? raw.split('.');
};

function jsonListOf(raw: string): unknown[] | undefined {
  if (!raw.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(raw);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const READ = { in: 'query', refusal: 'null', rewritable: true } as const;
const DELETED = { in: 'body', refusal: 204, rewritable: true } as const;

export const getItem = routeInput('store:get', {
  type: GetItem,
  ids: { namespace: READ, key: READ },
  query: { namespace: labels, key: text, refresh_ttl: flag },
  value: addressOf,
  accept: (_, value) => ({ granted: checkLeft('store:get', value) }),
});

export const deleteItem = routeInput('store:delete', {
  type: ItemAddress,
  ids: { namespace: DELETED, key: DELETED },
  value: addressOf,
  accept: (_, value) => ({ granted: checkLeft('store:delete', value) }),
});

function addressOf({ namespace, key }: ItemAddress): StoreItemValue {
  return { namespace: [...namespace], key };
}
