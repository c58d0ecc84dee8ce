import type { MatchCondition } from '@langchain/langgraph-checkpoint';

/** What a graph asks of the store, in the words of the contract's store events (section 1.9). A policy may change it. */
export type StoreRequest =
  StoreGetRequest | StorePutRequest | StoreDeleteRequest | StoreSearchRequest | StoreListRequest;

export interface StoreGetRequest {
  readonly action: 'get';
  namespace: string[];
  key: string;
}
export interface StorePutRequest {
  readonly action: 'put';
  namespace: string[];
  key: string;
  value: object;
  readonly index?: readonly string[] | false;
}
export interface StoreDeleteRequest {
  readonly action: 'delete';
  namespace: string[];
  key: string;
}
export interface StoreSearchRequest {
  readonly action: 'search';
  /** The namespace to search in. May be empty. */
  namespace: string[];
  filter?: Record<string, unknown>;
  query?: string;
  limit: number;
  offset: number;
}
export interface StoreListRequest {
  readonly action: 'list_namespaces';
  /** The beginning that was asked for, if any. `*` stands for any label. */
  namespace?: string[];
  suffix?: string[];
  max_depth?: number;
  limit: number;
  offset: number;
  /** Conditions beyond one beginning and one end. They only narrow. */
  readonly further: readonly MatchCondition[];
}

/** Decides what a graph may do with the store. */
export abstract class StoreAccess {
  /**
   * Takes the decision for a request, and does the work under it, with the request as the policy left it.
   *
   * @throws whatever refuses the request
   */
  abstract within<R extends StoreRequest, T>(request: R, work: (granted: R) => Promise<T>): Promise<T>;
}
