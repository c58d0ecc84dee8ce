import { createHmac } from 'node:crypto';

/** The bytes that HMAC takes. */
export type SigningKey = Uint8Array;

/** Before the base64 of a secret. */
export const SECRET_PREFIX = 'whsec_';

/** The key that a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw...` stands for. Its form was checked at boot. */
export function signingKeyOf(secret: string): SigningKey {
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
}

export interface SignedMessage {
  readonly id: string;
  /** When it is sent. */
  readonly at: Date;
  readonly body: string;
}

/**
 * The headers that tell a receiver who sent a message, and when: Standard Webhooks 1.0.0, symmetric signatures
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). Signed is `id.timestamp.body`, once with each key.
 */
export function signatureHeaders(
  { id, at, body }: SignedMessage,
  keys: readonly SigningKey[],
): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
