import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../../configuration/configuration.js';
import type { Eventual } from '../../on-auth/eventual.js';
import type { TokenHeader } from '../token.parser.js';
import type { VerificationKey } from './verification.key.js';

/** Where the keys come from that tokens are verified with. */
export interface KeySource {
  /** All algorithms that any of its keys may verify. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** The one key that fits the header, if any. Never rejects. */
  keyFor(header: TokenHeader): Eventual<KeyObject | undefined>;
}

/** One configured key, for as long as the process runs. */
export class StaticKeySource implements KeySource {
  readonly algorithms: readonly JwtAlgorithm[];

  constructor(private readonly key: VerificationKey) {
    this.algorithms = key.algorithms;
  }

  keyFor(header: TokenHeader): KeyObject | undefined {
    return selectKey([this.key], header);
  }
}

/** The only key that fits. Of two that fit, none is chosen: the issuer left open which one is meant. */
export function selectKey(
  keys: readonly VerificationKey[],
  { alg, kid }: TokenHeader,
): KeyObject | undefined {
  const fitting = keys.filter(
    (key) =>
      key.algorithms.some((name) => name === alg) &&
      (kid === undefined || key.id === undefined || key.id === kid),
  );
  return fitting.length === 1 ? fitting[0].key : undefined;
}
