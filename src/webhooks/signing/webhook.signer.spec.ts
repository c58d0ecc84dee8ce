import { describe, expect, it } from '@jest/globals';
import { signatureHeaders, signingKeyOf } from './webhook.signer.js';

const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1_614_265_330_999),
  body: '{"test": 2432232314}',
};
const key = signingKeyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

describe('the signature of a webhook', () => {
  it('is the one of the Standard Webhooks specification', () => {
    expect(signatureHeaders(message, [key])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is there once for each key', () => {
    const other = signingKeyOf(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    const { 'webhook-signature': both } = signatureHeaders(message, [other, key]);
    expect(both.split(' ')).toHaveLength(2);
    expect(both).toMatch(/ v1,g0hM9SsE\+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE=$/);
  });

  it('is another one for another id, time or body', () => {
    const signatures = [
      message,
      { ...message, id: 'x' },
      { ...message, at: new Date(0) },
      { ...message, body: '' },
    ].map((each) => signatureHeaders(each, [key])['webhook-signature']);
    expect(new Set(signatures).size).toBe(4);
  });
});
