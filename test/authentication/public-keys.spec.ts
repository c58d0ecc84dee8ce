import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startApp, UNAUTHORIZED } from './support/authentication.app.js';
import { forge } from './support/token.forge.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });

function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

describe('A configured public key', () => {
  it.each([
    ['RSA', rsa, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['P-256', p256, ['ES256']],
    ['P-384', p384, ['ES384']],
    ['P-521', p521, ['ES512']],
  ] as const)(
    'of type %s verifies tokens of its own algorithms and no others',
    async (_type, pair, algorithms) => {
      const app = await startApp({ AUTH_JWT_PUBLIC_KEY: pem(pair.publicKey) });
      const accepted: string[] = [];
      for (const alg of [
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
      ]) {
        const isPossible = alg.startsWith('E') === (pair !== rsa) && alg !== 'EdDSA';
        const token = forge({ header: { alg }, key: isPossible ? pair.privateKey : 'x' });
        const { status } = await app.meWith(token);
        if (status === 200) accepted.push(alg);
      }
      expect(accepted).toEqual(algorithms);
      await app.close();
    },
  );

  it.each([
    ['PEM text', (text: string) => text],
    ['PEM text with written-out line ends', (text: string) => text.trim().replaceAll('\n', '\\n')],
  ])('is read from %s', async (_what, write) => {
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: write(pem(p256.publicKey)) });
    const token = forge({ header: { alg: 'ES256' }, key: p256.privateKey });
    expect(await app.meWith(token)).toMatchObject({ status: 200, body: { identity: 'alice' } });
    await app.close();
  });

  it('is read from a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'onauth-')), 'key.pem');
    await writeFile(file, rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }));
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: file });
    expect(await app.meWith(forge({ header: { alg: 'PS256' }, key: rsa.privateKey }))).toMatchObject({
      status: 200,
    });
    await app.close();
  });

  it('is never taken for an HMAC secret, however it is written (abuse case 2)', async () => {
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: pem(rsa.publicKey) });
    const text = pem(rsa.publicKey);
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
    const modulus = rsa.publicKey.export({ format: 'jwk' }).n ?? '';
    for (const key of [
      text,
      text.trim(),
      text.replaceAll('\n', ''),
      text.replaceAll('\n', '\r\n'),
      der,
      modulus,
    ]) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        expect(await app.meWith(forge({ header: { alg }, key }))).toEqual(UNAUTHORIZED);
      }
    }
    await app.close();
  });

  it('does not verify what another key signed', async () => {
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: pem(rsa.publicKey) });
    expect(await app.meWith(forge({ header: { alg: 'RS256' }, key: otherRsa.privateKey }))).toEqual(
      UNAUTHORIZED,
    );
    await app.close();
  });

  it('does not verify a signature with other unused bits at its end', async () => {
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: pem(rsa.publicKey) });
    const token = forge({ header: { alg: 'RS256' }, key: rsa.privateKey });
    const lookAlikes = new Map([
      ['A', 'B'],
      ['Q', 'R'],
      ['g', 'h'],
      ['w', 'x'],
    ]);
    const twin = `${token.slice(0, -1)}${lookAlikes.get(token.slice(-1)) ?? ''}`;
    expect(Buffer.from(twin.split('.')[2], 'base64url')).toEqual(
      Buffer.from(token.split('.')[2], 'base64url'),
    );
    expect(await app.meWith(token)).toMatchObject({ status: 200 });
    expect(await app.meWith(twin)).toEqual(UNAUTHORIZED);
    await app.close();
  });

  it('verifies only the algorithms that AUTH_JWT_ALGORITHMS leaves it', async () => {
    const app = await startApp({ AUTH_JWT_PUBLIC_KEY: pem(rsa.publicKey), AUTH_JWT_ALGORITHMS: 'PS256' });
    expect(await app.meWith(forge({ header: { alg: 'PS256' }, key: rsa.privateKey }))).toMatchObject({
      status: 200,
    });
    expect(await app.meWith(forge({ header: { alg: 'RS256' }, key: rsa.privateKey }))).toEqual(UNAUTHORIZED);
    await app.close();
  });
});
