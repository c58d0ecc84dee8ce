interface StoreItemValue {
  namespace: string[];
  key: string;
}

export interface StorePutValue extends StoreItemValue {
  value: object;
}

export interface StoreSearchValue {
  /** The namespace to search in, and all below it; may be empty. */
  namespace: string[];
  filter?: Record<string, unknown>;
  query?: string;
  limit: number;
  offset: number;
}

export interface StoreListNamespacesValue {
  /** The beginning that was asked for, if any. */
  namespace?: string[];
  suffix?: string[];
  max_depth?: number;
  limit: number;
  offset: number;
}

declare module '../on-auth/event.js' {
  interface AuthEventMap {
    'store:get': StoreItemValue;
    'store:put': StorePutValue;
    'store:delete': StoreItemValue;
    'store:search': StoreSearchValue;
    'store:list_namespaces': StoreListNamespacesValue;
  }
}

/** What graphs fire when they use the store. */
export const STORE_EVENTS = [
  'store:get',
  'store:put',
  'store:delete',
  'store:search',
  'store:list_namespaces',
] as const;
