import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import { algorithmsOf, UnfitKeyError, type VerificationKey } from './verification.key.js';

const PUBLIC_PEM = /^\s*-----BEGIN (RSA )?PUBLIC KEY-----[^-]+-----END (RSA )?PUBLIC KEY-----\s*$/;

/**
 * The key that `AUTH_JWT_PUBLIC_KEY` stands for: PEM text, also with `\n` written out, or the path of a PEM file.
 *
 * @throws ConfigurationError for a file that cannot be read, anything but one public key, and an unfit key.
 */
export function parsePublicKey(source: string): VerificationKey {
  const key = toKey(source.includes('-----BEGIN ') ? source.replaceAll('\\n', '\n') : readPem(source));
  try {
    return { id: undefined, algorithms: algorithmsOf(key), key };
  } catch (error) {
    throw error instanceof UnfitKeyError ? refusal(error.message) : error;
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw refusal('is neither PEM text nor the path of a file that can be read');
  }
}

function toKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY-----')) {
    throw refusal(
      'holds a private key, but must hold the public one: who only verifies must not be able to sign',
    );
  }
  try {
    if (PUBLIC_PEM.test(pem)) return createPublicKey(pem);
  } catch {
    // Says no more than the refusal below, and might quote the text.
  }
  throw refusal('holds no valid key, but must hold exactly one PEM block -----BEGIN PUBLIC KEY-----');
}

function refusal(complaint: string): ConfigurationError {
  return new ConfigurationError(`AUTH_JWT_PUBLIC_KEY ${complaint}.`);
}
