import { randomUUID } from 'node:crypto';
import type { SigningKey } from './signing/webhook.signer.js';
import type { WebhookUrlPolicy } from './target/url.policy.js';

/** Whether, whom and how this deployment calls. */
export interface WebhookSettings {
  /** Otherwise webhooks are accepted and never called. */
  readonly enabled: boolean;
  /** What calls are signed with. Without a key nothing can be called, and what asks for it is refused. */
  readonly keys: readonly SigningKey[];
  /** Whether loopback, private and other reserved addresses may be called. */
  readonly allowPrivate: boolean;
  readonly policy: WebhookUrlPolicy;
  /** Sent with every call. Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The token of the `WebhookSettings`. */
export const WEBHOOK_SETTINGS = Symbol('settings of webhooks');

/** How calls are made. All times are in milliseconds. */
export interface DeliveryOptions {
  /** How many calls are made at the same time. */
  readonly concurrency: number;
  /** How many of them to one origin, so that a slow receiver does not keep the others waiting. */
  readonly concurrencyPerOrigin: number;
  /** How long a call may take, from the resolution of the name to the answer. */
  readonly requestTimeoutMs: number;
  /** When another process may take over a call that was begun. Longer than a call may take. */
  readonly leaseMs: number;
  /** The pause after the first failure; each further one is twice as long. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long after the end of the run it is tried again. */
  readonly giveUpAfterMs: number;
  /** How long the record of a call that failed for good is kept. */
  readonly keepFailedMs: number;
  /** How often the table is looked into for what other processes left. */
  readonly lookMs: number;
  /** How long calls may go on when the server stops, before they are left to the next start. */
  readonly gracePeriodMs: number;
  /** Told apart from every other process, and from this one before it was restarted. */
  readonly workerId: string;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_DELIVERY_OPTIONS = {
  concurrency: 16,
  concurrencyPerOrigin: 4,
  requestTimeoutMs: 10_000,
  leaseMs: 30_000,
  firstPauseMs: 2_000,
  longestPauseMs: HOUR_MS,
  giveUpAfterMs: 24 * HOUR_MS,
  keepFailedMs: 7 * 24 * HOUR_MS,
  lookMs: 30_000,
  gracePeriodMs: 3_000,
} as const;

/** @example deliveryOptions({ concurrency: 4 }) */
export function deliveryOptions(given: Partial<DeliveryOptions> = {}): DeliveryOptions {
  return { ...DEFAULT_DELIVERY_OPTIONS, workerId: randomUUID(), ...given };
}

/** The token of the `DeliveryOptions`. */
export const DELIVERY_OPTIONS = Symbol('options of deliveries');
