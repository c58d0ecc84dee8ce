import type { JsonObject } from '../http/json.js';
import type { ThreadStatus, TtlStrategy } from './thread.entity.js';

export interface ThreadTtlValue {
  strategy: TtlStrategy;
  /** In minutes. */
  ttl: number;
}

export interface ThreadsCreateValue {
  readonly thread_id: string;
  metadata: JsonObject;
  readonly if_exists: 'raise' | 'do_nothing';
  readonly ttl?: ThreadTtlValue;
}

export interface ThreadsReadValue {
  /** Absent where only a run is named: the thread is found in the scope of the decision. */
  readonly thread_id?: string;
  readonly run_id?: string;
}

export interface ThreadsUpdateValue {
  /** Absent where runs are named by their status. */
  readonly thread_id?: string;
  metadata?: JsonObject;
  readonly action?: 'interrupt' | 'rollback';
}

export interface ThreadsDeleteValue {
  readonly thread_id: string;
  readonly run_id?: string;
}

export interface ThreadsSearchValue {
  readonly thread_id?: string;
  metadata?: JsonObject;
  values?: JsonObject;
  status?: ThreadStatus;
  ids?: string[];
  limit: number;
  offset: number;
}

declare module '../on-auth/event.js' {
  interface AuthEventMap {
    'threads:create': ThreadsCreateValue;
    'threads:read': ThreadsReadValue;
    'threads:update': ThreadsUpdateValue;
    'threads:delete': ThreadsDeleteValue;
    'threads:search': ThreadsSearchValue;
  }
}
