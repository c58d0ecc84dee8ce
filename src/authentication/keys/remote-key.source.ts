import type { KeyObject } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { JwtAlgorithm } from '../../configuration/configuration.js';
import type { Eventual } from '../../on-auth/eventual.js';
import type { TokenHeader } from '../token.parser.js';
import { fetchKeySet } from './key-set.client.js';
import { parseKeySet } from './key-set.parser.js';
import { selectKey, type KeySource } from './key.source.js';
import type { VerificationKey } from './verification.key.js';

/** All in milliseconds. */
export interface RemoteKeyTimes {
  /** After this long the set is read again; a key that was taken out of it stops working then. */
  readonly refreshAfter: number;
  /** Between two readings, successful or not, lies at least this. */
  readonly cooldown: number;
  /** For this long a set serves while the endpoint does not answer. */
  readonly keepFor: number;
}

const TIMES: RemoteKeyTimes = { refreshAfter: 10 * 60_000, cooldown: 5000, keepFor: 24 * 60 * 60_000 };

/**
 * The keys of a JSON Web Key Set, read at first use and again when they are old or a token names a key that is not among
 * them. One reading at a time, and never two in a row without a pause: made-up key ids cause no traffic.
 */
export class RemoteKeySource implements KeySource {
  private readonly logger = new Logger(RemoteKeySource.name);
  private readonly times: RemoteKeyTimes;
  private keys: readonly VerificationKey[] = [];
  private readAt = -Infinity;
  private triedAt = -Infinity;
  private isFailing = false;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly uri: URL,
    readonly algorithms: readonly JwtAlgorithm[],
    times: Partial<RemoteKeyTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
  }

  keyFor(header: TokenHeader): Eventual<KeyObject | undefined> {
    if (!this.algorithms.some((name) => name === header.alg)) return undefined;
    const known = this.age() > this.times.refreshAfter ? undefined : this.select(header);
    return known ?? this.keyReadFor(header);
  }

  private async keyReadFor(header: TokenHeader): Promise<KeyObject | undefined> {
    if (this.age() > this.times.refreshAfter) await this.refreshOld();
    const known = this.select(header);
    if (known) return known;
    await this.refresh();
    return this.select(header);
  }

  /** Reads the set unless that was tried a moment ago. A failure is logged, and the keys stay as they were. */
  refresh(): Promise<void> {
    if (this.reading) return this.reading;
    if (performance.now() - this.triedAt < this.times.cooldown) return Promise.resolve();
    this.reading = this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** While the endpoint fails, tokens with known keys do not wait for yet another attempt. */
  private refreshOld(): Promise<void> {
    const refreshed = this.refresh();
    return this.isFailing && this.keys.length > 0 ? Promise.resolve() : refreshed;
  }

  private select(header: TokenHeader): KeyObject | undefined {
    return this.age() > this.times.keepFor ? undefined : selectKey(this.keys, header);
  }

  private async read(): Promise<void> {
    try {
      this.keys = parseKeySet(await fetchKeySet(this.uri));
      this.readAt = performance.now();
      this.isFailing = false;
    } catch (error) {
      this.isFailing = true;
      this.logger.warn(`AUTH_JWKS_URI (${this.uri.host}) could not be read: ${reasonOf(error)}`);
    } finally {
      this.triedAt = performance.now();
    }
  }

  private age(): number {
    return performance.now() - this.readAt;
  }
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
