import { describe, expect, it } from '@jest/globals';
import type { WebhookSettings } from '../webhook.settings.js';
import { WebhookTargetRules } from './target.rules.js';
import { OPEN_URL_POLICY, type WebhookUrlPolicy } from './url.policy.js';

const settings: WebhookSettings = {
  enabled: true,
  keys: [new Uint8Array(32)],
  allowPrivate: false,
  policy: OPEN_URL_POLICY,
  headers: {},
};

const rules = (policy: Partial<WebhookUrlPolicy>, others: Partial<WebhookSettings> = {}) =>
  new WebhookTargetRules({ ...settings, policy: { ...OPEN_URL_POLICY, ...policy }, ...others });
const problem = (checked: WebhookTargetRules, url: string) => checked.problemOf(new URL(url));

const PRIVATE = 'must not point to a private, local or reserved address';
const DOMAIN = 'points to a domain that is not allowed here';
const PORT = 'uses a port that is not allowed here';

describe('webhooks.url of a langgraph.json', () => {
  it.each([
    [{ requireHttps: true }, 'https://example.com/', undefined],
    [{ requireHttps: true }, 'http://example.com/', 'must use https'],
    [{ maxLength: 25 }, 'https://example.com/12345', undefined],
    [{ maxLength: 25 }, 'https://example.com/123456', 'must not be longer than 25 characters'],
    [{ allowedPorts: [443] }, 'https://example.com/', undefined],
    [{ allowedPorts: [443] }, 'https://example.com:443/', undefined],
    [{ allowedPorts: [443] }, 'http://example.com/', PORT],
    [{ allowedPorts: [80] }, 'http://example.com/', undefined],
    [{ allowedPorts: [443] }, 'https://example.com:8443/', PORT],
    [{ allowedDomains: ['example.com'] }, 'https://example.com/', undefined],
    [{ allowedDomains: ['example.com'] }, 'https://EXAMPLE.com./', undefined],
    [{ allowedDomains: ['example.com'] }, 'https://a.example.com/', DOMAIN],
    [{ allowedDomains: ['example.com'] }, 'https://example.com.evil.test/', DOMAIN],
    [{ allowedDomains: ['*.example.com'] }, 'https://a.b.example.com/', undefined],
    [{ allowedDomains: ['*.example.com'] }, 'https://example.com/', DOMAIN],
    [{ allowedDomains: ['*.example.com'] }, 'https://notexample.com/', DOMAIN],
    [{ allowedDomains: ['example.com'] }, 'https://8.8.8.8/', DOMAIN],
    [{ allowedDomains: ['8.8.8.8'] }, 'https://8.8.8.8/', undefined],
    [{ allowedDomains: ['127.0.0.1'] }, 'https://127.0.0.1/', PRIVATE],
    [{ allowedDomains: ['db.internal'] }, 'https://db.internal/', PRIVATE],
    [{ allowLoopback: true }, 'http://127.0.0.1:3000/', undefined],
    [{ allowLoopback: true }, 'http://[::1]:3000/', undefined],
    [{ allowLoopback: true }, 'http://localhost:3000/', undefined],
    [{ allowLoopback: true }, 'http://10.0.0.1/', PRIVATE],
    [{ allowLoopback: true }, 'http://[::ffff:10.0.0.1]/', PRIVATE],
    [{ allowLoopback: true }, 'http://db.internal/', PRIVATE],
  ] satisfies [Partial<WebhookUrlPolicy>, string, string | undefined][])(
    '%j: %s',
    (policy, url, expected) => {
      expect(problem(rules(policy), url)).toBe(expected);
    },
  );
});

describe('WEBHOOK_ALLOW_PRIVATE', () => {
  it.each([
    'http://127.0.0.1/',
    'http://10.0.0.1/',
    'http://[fd00::1]/',
    'http://db.internal/',
    'http://redis/',
  ])('allows %s', (url) => {
    expect(problem(rules({}, { allowPrivate: true }), url)).toBeUndefined();
  });

  it('leaves the rest of the rules as they are', () => {
    const checked = rules({ allowedDomains: ['*.internal'] }, { allowPrivate: true });
    expect(problem(checked, 'http://hooks.internal/')).toBeUndefined();
    expect(problem(checked, 'http://127.0.0.1/')).toBe(DOMAIN);
  });
});

describe('a target', () => {
  it('is not looked at where webhooks are disabled', () => {
    expect(() => rules({}, { enabled: false, keys: [] }).check('http://127.0.0.1/')).not.toThrow();
  });

  it('is refused where nothing could be signed', () => {
    expect(problem(rules({}, { keys: [] }), 'https://example.com/')).toMatch('no WEBHOOK_SECRET');
  });
});
