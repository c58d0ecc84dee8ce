import type { GraphConfig } from '../graphs/graph.js';
import type { JsonObject } from '../http/json.js';

export interface AssistantsCreateValue {
  readonly assistant_id: string;
  readonly graph_id: string;
  readonly config: GraphConfig;
  readonly context: JsonObject;
  metadata: JsonObject;
  readonly if_exists: 'raise' | 'do_nothing';
  readonly name: string;
  readonly description: string | null;
}

export interface AssistantsReadValue {
  readonly assistant_id: string;
  readonly metadata?: JsonObject;
}

export interface AssistantsUpdateValue {
  readonly assistant_id: string;
  readonly graph_id?: string;
  readonly config?: GraphConfig;
  readonly context?: JsonObject;
  metadata?: JsonObject;
  readonly name?: string;
  readonly description?: string;
  /** The version that is to become the current one. */
  readonly version?: number;
}

export interface AssistantsDeleteValue {
  readonly assistant_id: string;
}

export interface AssistantsSearchValue {
  graph_id?: string;
  metadata?: JsonObject;
  limit: number;
  offset: number;
}

declare module '../on-auth/event.js' {
  interface AuthEventMap {
    'assistants:create': AssistantsCreateValue;
    'assistants:read': AssistantsReadValue;
    'assistants:update': AssistantsUpdateValue;
    'assistants:delete': AssistantsDeleteValue;
    'assistants:search': AssistantsSearchValue;
  }
}
