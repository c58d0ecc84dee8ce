import type { EmbeddingsInterface } from '@langchain/core/embeddings';
import { WiringError } from '../on-auth/errors.js';

export const STORE_SETTINGS = Symbol('settings of the store');

/** How the store keeps and finds items. */
export interface StoreSettings {
  readonly ttl?: StoreTtl;
  /** Finds items by their meaning. Without it, a search with `query` is refused. */
  readonly index?: StoreIndex;
}

/** All in minutes. */
export interface StoreTtl {
  /** How long an item lives that was put without saying so. For ever unless given. */
  readonly defaultTtl?: number;
  /** Whether an item that is read begins its life anew, where the reader does not say. It does unless given. */
  readonly refreshOnRead?: boolean;
  /** How often expired items are removed. They are never found, but stay in the database unless this is given. */
  readonly sweepInterval?: number;
}

export interface StoreIndex {
  readonly embeddings: EmbeddingsInterface;
  /** How many numbers a vector of these embeddings has. */
  readonly dims: number;
  /** The paths of what is embedded of a value, where the item does not say: `$` is the whole. That unless given. */
  readonly fields?: readonly string[];
}

/** The most that pgvector stores. */
export const MAX_DIMS = 16_000;

/** Keeps the moment of expiry, and a timer, within what a date and a timer can hold. */
export const MAX_TTL_MINUTES = 60 * 24 * 365 * 100;
export const MAX_SWEEP_MINUTES = 60 * 24 * 24;

/** @throws WiringError for settings that cannot be kept */
export function assertStoreSettings({ ttl = {}, index }: StoreSettings): void {
  const fault =
    faultOf('ttl.defaultTtl', ttl.defaultTtl, MAX_TTL_MINUTES) ??
    faultOf('ttl.sweepInterval', ttl.sweepInterval, MAX_SWEEP_MINUTES) ??
    faultOf('index.dims', index?.dims, MAX_DIMS);
  if (fault !== undefined) throw new WiringError(`The store's ${fault}.`);
  if (index && !Number.isInteger(index.dims))
    throw new WiringError("The store's index.dims is no whole number.");
}

function faultOf(name: string, value: number | undefined, most: number): string | undefined {
  if (value === undefined || (value > 0 && value <= most)) return undefined;
  return `${name} is ${value}, but must be more than 0 and at most ${most}`;
}
