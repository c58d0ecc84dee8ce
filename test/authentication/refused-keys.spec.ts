import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Environment } from '../../src/configuration/configuration.parser.js';
import { startApp } from './support/authentication.app.js';
import { SECRET } from './support/token.forge.js';

const SECRET_REMEDY = 'for example the output of "openssl rand -base64 48"';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

function publicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function bootFailure(environment: Environment): Promise<string> {
  const failure: unknown = await startApp(environment).then(
    (app) => app.close(),
    (error: unknown) => error,
  );
  return failure instanceof Error ? failure.message : 'the boot succeeded';
}

describe('The boot stops for an AUTH_JWT_SECRET that (abuse case 4)', () => {
  const guessable = `AUTH_JWT_SECRET is easy to guess, but must be random, ${SECRET_REMEDY}.`;
  it.each([
    ['is short', 'x7', `AUTH_JWT_SECRET has 2 bytes, but must have at least 32, ${SECRET_REMEDY}.`],
    [
      'lacks one byte',
      SECRET.slice(1),
      `AUTH_JWT_SECRET has 31 bytes, but must have at least 32, ${SECRET_REMEDY}.`,
    ],
    ['repeats a character', 'a'.repeat(64), guessable],
    ['repeats a word', 'password'.repeat(4), guessable],
    ['repeats a word up to a rest', 'secret'.repeat(6).slice(0, 34), guessable],
    ['counts', '12345678901234567890123456789012', guessable],
    ['stands in manuals', 'a-string-secret-at-least-256-bits-long', guessable],
    ['stands in templates', 'your-super-secret-jwt-token-with-at-least-32-characters-long', guessable],
    [
      'is a public key',
      publicPem(rsa.publicKey),
      'AUTH_JWT_SECRET has a wrong value (not shown): it must be a text without white space at either end.',
    ],
    [
      'is a PEM key',
      publicPem(rsa.publicKey).trim(),
      'AUTH_JWT_SECRET holds a PEM key: a public key belongs into AUTH_JWT_PUBLIC_KEY, a private key to who signs.',
    ],
  ])('%s', async (_what, secret, sentence) => {
    expect(await bootFailure({ AUTH_JWT_SECRET: secret })).toBe(sentence);
  });
});

describe('The boot stops for an AUTH_JWT_PUBLIC_KEY that', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const ed25519 = generateKeyPairSync('ed25519');
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const block = 'but must hold exactly one PEM block -----BEGIN PUBLIC KEY-----';
  it.each([
    [
      'is a private key',
      privatePem(rsa.privateKey),
      'holds a private key, but must hold the public one: who only verifies must not be able to sign',
    ],
    ['has 1024 bits', publicPem(weak.publicKey), 'has 1024 bits, but an RSA key must have at least 2048'],
    [
      'is on another curve',
      publicPem(secp256k1.publicKey),
      'is of type ec secp256k1, but must be RSA or EC on P-256, P-384 or P-521',
    ],
    [
      'is of another type',
      publicPem(ed25519.publicKey),
      'is of type ed25519, but must be RSA or EC on P-256, P-384 or P-521',
    ],
    ['is damaged', publicPem(rsa.publicKey).replace('MIIB', 'MIIC'), `holds no valid key, ${block}`],
    ['is two keys', publicPem(rsa.publicKey).repeat(2), `holds no valid key, ${block}`],
    [
      'is a path to nothing',
      '/nowhere/key.pem',
      'is neither PEM text nor the path of a file that can be read',
    ],
  ])('%s', async (_what, key, complaint) => {
    expect(await bootFailure({ AUTH_JWT_PUBLIC_KEY: key })).toBe(`AUTH_JWT_PUBLIC_KEY ${complaint}.`);
  });

  it('is the path of a private key', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'onauth-')), 'key.pem');
    await writeFile(file, privatePem(rsa.privateKey));
    expect(await bootFailure({ AUTH_JWT_PUBLIC_KEY: file })).toMatch(
      /^AUTH_JWT_PUBLIC_KEY holds a private key, [^\n]+\.$/,
    );
  });
});

describe('The boot stops for AUTH_JWT_ALGORITHMS that (abuse case 3)', () => {
  it.each([
    [
      'name HS256 beside a public key',
      { AUTH_JWT_PUBLIC_KEY: publicPem(rsa.publicKey), AUTH_JWT_ALGORITHMS: 'RS256,HS256' },
      'AUTH_JWT_ALGORITHMS lists HS256, but the configured key verifies only RS256, RS384, RS512, PS256, PS384, PS512.',
    ],
    [
      'name RS256 beside a secret',
      { AUTH_JWT_SECRET: SECRET, AUTH_JWT_ALGORITHMS: 'RS256' },
      'AUTH_JWT_ALGORITHMS lists RS256, but the configured key verifies only HS256.',
    ],
    [
      'name HS256 beside a key set',
      { AUTH_JWKS_URI: 'http://127.0.0.1:1/keys', AUTH_JWT_ALGORITHMS: 'HS256' },
      'AUTH_JWT_ALGORITHMS lists HS256, but the configured key verifies only RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512.',
    ],
  ])('%s', async (_what, environment, sentence) => {
    expect(await bootFailure(environment)).toBe(sentence);
  });
});

describe('The boot stops in production', () => {
  it('without any key', async () => {
    expect(await bootFailure({ NODE_ENV: 'production' })).toBe(
      'NODE_ENV is production and no key is configured: set AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI or AUTH_API_KEYS.',
    );
  });
});
