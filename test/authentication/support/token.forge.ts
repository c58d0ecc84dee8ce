import { constants, createHmac, sign as signBytes, type KeyObject } from 'node:crypto';

export const SECRET = 'k7Qm2vX9pL4sT8wZ1yB6nC3dF5gH0jRe';

type Json = Record<string, unknown>;

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Claims of a sound token of alice, changed as told; `undefined` takes a claim out. */
export function claims(changes: Json = {}): Json {
  return { sub: 'alice', iat: now(), exp: now() + 600, ...changes };
}

/** Signs whatever it is given, sound or not. Objects become JSON, texts stay as they are. */
export function forge({
  header = {},
  payload = claims(),
  key = SECRET,
}: {
  header?: Json | string;
  payload?: Json | string | Buffer;
  key?: string | Buffer | KeyObject;
} = {}): string {
  const alg = typeof header === 'object' && typeof header.alg === 'string' ? header.alg : 'HS256';
  const head = typeof header === 'string' ? header : { alg, typ: 'JWT', ...header };
  const input = `${segment(head)}.${segment(payload)}`;
  return `${input}.${signature(alg, input, key).toString('base64url')}`;
}

export function segment(content: Json | string | Buffer): string {
  const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
  return Buffer.from(isRaw ? content : JSON.stringify(content)).toString('base64url');
}

function signature(alg: string, input: string, key: string | Buffer | KeyObject): Buffer {
  if (alg.startsWith('HS'))
    return createHmac(`sha${alg.slice(2)}`, key)
      .update(input)
      .digest();
  if (typeof key === 'string' || Buffer.isBuffer(key))
    return createHmac('sha256', key).update(input).digest();
  const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return signBytes(`sha${alg.slice(2)}`, Buffer.from(input), {
    key,
    dsaEncoding: 'ieee-p1363',
    ...(key.asymmetricKeyType === 'rsa' ? { padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}),
  });
}
