import { createSecretKey } from 'node:crypto';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import type { VerificationKey } from './verification.key.js';

const MIN_BYTES = 32;
const REMEDY = 'for example the output of "openssl rand -base64 48"';

/** A short unit written again and again, with or without a short rest: no harder to guess than the two. */
const REPETITION = /^(.{1,8}?)\1{2,}.{0,7}$/su;

/** Long enough, but printed in manuals and templates. Lower case, letters and digits only. */
const KNOWN_SECRETS = new Set([
  'astringsecretatleast256bitslong',
  'yoursupersecretjwttokenwithatleast32characterslong',
  'supersecretjwttokenwithatleast32characterslong',
  'yoursecretkeymustbeatleast32characterslong',
  'thisisaverysecretkeythatyoushouldchange',
  'donotusethissecretinproductionpleasechangeit',
  'changethissecretinproductiontoalongrandomstring',
  'replacethiswithalongrandomstringofatleast32characters',
  'pleasechangethissecretkeybeforeproduction',
  'thisisnotasecretpleasechangeitinproduction',
  'abcdefghijklmnopqrstuvwxyz012345',
  'abcdefghijklmnopqrstuvwxyz123456',
  'abcdefghijklmnopqrstuvwxyz0123456789',
  '0123456789abcdefghijklmnopqrstuvwxyz',
  '12345678901234567890123456789012',
  '01234567890123456789012345678901',
  '0123456789abcdef0123456789abcdef',
  '00112233445566778899aabbccddeeff',
]);

/**
 * The HS256 key that `AUTH_JWT_SECRET` stands for: the bytes of the text itself, nothing is decoded.
 *
 * @throws ConfigurationError for less than 32 bytes (RFC 7518, section 3.2), a PEM file, and what anybody would guess.
 */
export function parseSecret(text: string): VerificationKey {
  const bytes = Buffer.from(text, 'utf8');
  if (text.includes('-----BEGIN ')) {
    throw refusal(
      'holds a PEM key: a public key belongs into AUTH_JWT_PUBLIC_KEY, a private key to who signs',
    );
  }
  if (bytes.length < MIN_BYTES) {
    throw refusal(`has ${bytes.length} bytes, but must have at least ${MIN_BYTES}, ${REMEDY}`);
  }
  if (isGuessable(text)) throw refusal(`is easy to guess, but must be random, ${REMEDY}`);
  return { id: undefined, algorithms: ['HS256'], key: createSecretKey(bytes) };
}

function isGuessable(text: string): boolean {
  return REPETITION.test(text) || KNOWN_SECRETS.has(text.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

function refusal(complaint: string): ConfigurationError {
  return new ConfigurationError(`AUTH_JWT_SECRET ${complaint}.`);
}
