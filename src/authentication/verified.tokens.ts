import type { KeyObject } from 'node:crypto';
import type { Eventual } from '../on-auth/eventual.js';
import type { Principal } from '../on-auth/principal.js';
import type { TokenHeader } from './token.parser.js';

/** A token whose signature is right under a key. Whether it is in force, and its key still one of ours, is another question. */
export interface VerifiedToken {
  readonly header: TokenHeader;
  readonly key: KeyObject;
  /** Asks whom the token speaks for now; nobody where it is not in force. */
  readonly bearer: () => Eventual<Principal | undefined>;
}

const MOST_TOKENS = 2_000;
/** Longer ones are rare, and verified each time. */
const MOST_CHARACTERS = 2_048;

/**
 * Remembers which tokens had the right signature under which key, and so the issuer and audience that are expected: for one
 * token and one key the answer is always the same. When it is full, the token that was remembered first gives way.
 */
export class VerifiedTokens {
  private readonly byToken = new Map<string, VerifiedToken>();

  find(token: string): VerifiedToken | undefined {
    return this.byToken.get(token);
  }

  /** @param token in its canonical form: no other text may stand for it */
  remember(token: string, verified: VerifiedToken): void {
    if (token.length > MOST_CHARACTERS) return;
    if (this.byToken.size >= MOST_TOKENS && !this.byToken.has(token)) this.forgetOldest();
    this.byToken.set(token, verified);
  }

  private forgetOldest(): void {
    for (const token of this.byToken.keys()) {
      this.byToken.delete(token);
      return;
    }
  }
}
