export interface StoreItemValue {
  namespace: string[];
  key: string;
}

export interface StorePutValue extends StoreItemValue {
  value: object;
  /** What of the value is found by its meaning, where the client says it. */
  readonly index?: readonly string[] | false;
}

export interface StoreSearchValue {
  /** The namespace to search in, and all below it; may be empty. */
  namespace: string[];
  /** A handler may narrow it: what the client's own says holds as well. */
  filter?: Record<string, unknown>;
  query?: string;
  limit: number;
  offset: number;
}

export interface StoreListNamespacesValue {
  /** The beginning that was asked for, if any. `*` stands for any label, unless that is the caller's identity. */
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

/** Fired by the routes below `/store`, and by graphs when they use the store. */
export type StoreEvent =
  'store:get' | 'store:put' | 'store:delete' | 'store:search' | 'store:list_namespaces';
