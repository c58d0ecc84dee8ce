import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import type { Configuration } from '../../configuration/configuration.js';
import type { TokenExpectations } from '../jwt.strategy.js';
import { parseSecret } from '../keys/secret.parser.js';
import { readDevelopmentKey } from './development.keys.js';

export interface TokenRequest {
  readonly identity: string;
  readonly permissions?: readonly string[];
  readonly displayName?: string;
  /** Seconds from now. 8 hours unless given. */
  readonly expiresIn?: number;
}

const WORKING_DAY_S = 8 * 60 * 60;

/** Signs tokens that this server accepts, with the secret it verifies them with. Never in production. */
export class DevelopmentTokens {
  constructor(
    private readonly secret: KeyObject,
    private readonly expectations: TokenExpectations,
  ) {}

  /** @example await tokens.mint({ identity: 'alice', permissions: ['threads:write'] }) */
  mint({
    identity,
    permissions = [],
    displayName,
    expiresIn = WORKING_DAY_S,
  }: TokenRequest): Promise<string> {
    const { issuer, audience } = this.expectations;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      sub: identity,
      name: displayName,
      permissions: [...permissions],
      iss: issuer,
      aud: audience,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn)
      .sign(this.secret);
  }
}

/** @throws ConfigurationError in production, and where tokens are verified with somebody else's keys. */
export async function openDevelopmentTokens({ environment, jwt }: Configuration): Promise<DevelopmentTokens> {
  if (environment === 'production') {
    throw new ConfigurationError(
      'NODE_ENV is production, where tokens come from the issuer and are not made here.',
    );
  }
  return new DevelopmentTokens(await secretOf(jwt.key), jwt);
}

async function secretOf(key: Configuration['jwt']['key']): Promise<KeyObject> {
  if (key.kind === 'development') return (await readDevelopmentKey()).key;
  if (key.kind === 'secret') return parseSecret(key.secret.reveal()).key;
  throw new ConfigurationError(
    'Tokens can be made here only with the development keys or AUTH_JWT_SECRET, and another kind of key is configured.',
  );
}
