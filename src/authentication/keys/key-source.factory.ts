import { ConfigurationError } from '../../configuration/configuration.error.js';
import { JWT_ALGORITHMS, type JwtAlgorithm, type JwtSettings } from '../../configuration/configuration.js';
import { readDevelopmentKey } from '../development/development.keys.js';
import { StaticKeySource, type KeySource } from './key.source.js';
import { parsePublicKey } from './public-key.parser.js';
import { RemoteKeySource } from './remote-key.source.js';
import { parseSecret } from './secret.parser.js';
import type { VerificationKey } from './verification.key.js';

const ASYMMETRIC = JWT_ALGORITHMS.filter((name) => !name.startsWith('HS'));

/**
 * Opens the configured source of keys, or none where no JWT is accepted.
 *
 * @throws ConfigurationError for a key that is unfit, or that `AUTH_JWT_ALGORITHMS` does not suit.
 */
export async function openKeySource({ key, algorithms }: JwtSettings): Promise<KeySource | undefined> {
  switch (key.kind) {
    case 'secret':
      return fixed(parseSecret(key.secret.reveal()), algorithms);
    case 'public-key':
      return fixed(parsePublicKey(key.source), algorithms);
    case 'development':
      return fixed(await readDevelopmentKey(), algorithms);
    case 'jwks':
      return remote(key.uri, algorithms);
    case 'none':
      return undefined;
  }
}

function fixed(key: VerificationKey, allowed: readonly JwtAlgorithm[] | undefined): KeySource {
  return new StaticKeySource({ ...key, algorithms: narrow(key.algorithms, allowed) });
}

function remote(uri: URL, allowed: readonly JwtAlgorithm[] | undefined): KeySource {
  const source = new RemoteKeySource(uri, narrow(ASYMMETRIC, allowed));
  // The first caller need not wait, and a wrong address is in the log from the start. The boot does not depend on it:
  // the issuer may well come up later than this server.
  void source.refresh();
  return source;
}

function narrow(
  possible: readonly JwtAlgorithm[],
  allowed: readonly JwtAlgorithm[] | undefined,
): readonly JwtAlgorithm[] {
  const useless = allowed?.find((name) => !possible.includes(name));
  if (useless === undefined) return allowed ?? possible;
  throw new ConfigurationError(
    `AUTH_JWT_ALGORITHMS lists ${useless}, but the configured key verifies only ${possible.join(', ')}.`,
  );
}
