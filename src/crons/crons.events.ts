import type { JsonObject } from '../http/json.js';
import type { CronPayload } from './cron.payload.js';

export interface CronsCreateValue {
  readonly cron_id: string;
  /** What the runs are created with. A handler may change its `metadata`, which each run is created with. */
  readonly payload: CronPayload;
  readonly schedule: string;
  readonly timezone?: string;
  /** Absent where each run gets a thread of its own. */
  readonly thread_id?: string;
  readonly user_id: string;
  /** ISO 8601 */
  readonly end_time?: string;
  readonly enabled: boolean;
  /** The cron's own. */
  metadata: JsonObject;
}

export interface CronsReadValue {
  readonly cron_id: string;
}

export interface CronsUpdateValue {
  readonly cron_id: string;
  /** The fields that change. */
  readonly payload?: Partial<CronPayload>;
  readonly schedule?: string;
  readonly timezone?: string;
  /** ISO 8601; null takes the end away. */
  readonly end_time?: string | null;
  readonly enabled?: boolean;
  metadata?: JsonObject;
}

export interface CronsDeleteValue {
  readonly cron_id: string;
}

export interface CronsSearchValue {
  readonly assistant_id?: string;
  readonly thread_id?: string;
  enabled?: boolean;
  metadata?: JsonObject;
  limit: number;
  offset: number;
}

declare module '../on-auth/event.js' {
  interface AuthEventMap {
    'crons:create': CronsCreateValue;
    'crons:read': CronsReadValue;
    'crons:update': CronsUpdateValue;
    'crons:delete': CronsDeleteValue;
    'crons:search': CronsSearchValue;
  }
}
