import { describe, expect, it } from '@jest/globals';
import { ProjectError } from './project.error.js';
import { parseWebhooks, resolveHeaders } from './project-webhooks.parser.js';

const FILE = './langgraph.json';
const DEFAULTS = { require_https: false, max_url_length: 65_536, disable_loopback: true };

describe('webhooks of a langgraph.json', () => {
  it('have defaults', () => {
    expect(parseWebhooks(FILE, {})).toEqual({
      isDisabled: false,
      envPrefix: 'LG_WEBHOOK_',
      headers: {},
      url: DEFAULTS,
    });
  });

  it('are read', () => {
    const url = {
      require_https: true,
      allowed_domains: ['Hooks.Example.com', '*.example.org'],
      allowed_ports: [443, 8443],
      max_url_length: 2_000,
      disable_loopback: false,
    };
    const webhooks = { env_prefix: 'HOOK_', headers: { 'x-team': 'a' }, url };
    expect(parseWebhooks(FILE, { webhooks, http: { disable_webhooks: true, app: './app.ts' } })).toEqual({
      isDisabled: true,
      envPrefix: 'HOOK_',
      headers: { 'x-team': 'a' },
      url: { ...url, allowed_domains: ['hooks.example.com', '*.example.org'] },
    });
  });

  const url = (rules: object) => ({ webhooks: { url: rules } });
  it.each([
    [{ webhooks: [] }, 'webhooks must be an object of headers, env_prefix and url.'],
    [{ webhooks: 'https://example.com' }, 'webhooks must be an object of headers, env_prefix and url.'],
    [{ webhooks: { urls: {} } }, 'webhooks.urls is not known to this server; take it away or correct it.'],
    [
      url({ allow_domains: [] }),
      'webhooks.url.allow_domains is not known to this server; take it away or correct it.',
    ],
    [{ webhooks: { env_prefix: '' } }, 'webhooks.env_prefix must be a text, such as "LG_WEBHOOK_".'],
    [{ webhooks: { headers: { a: 1 } } }, 'webhooks.headers must be an object of texts.'],
    [url({ require_https: 'yes' }), 'webhooks.url.require_https must be true or false.'],
    [url({ disable_loopback: 1 }), 'webhooks.url.disable_loopback must be true or false.'],
    ...[[], ['https://example.com'], ['*'], ['*.'], ['a.*.b'], [''], 'example.com'].map(
      (allowed_domains): [object, string] => [
        url({ allowed_domains }),
        'webhooks.url.allowed_domains must be a list of domains, such as "hooks.example.com" or "*.example.com".',
      ],
    ),
    ...[[], [0], [65_536], ['443'], 443].map((allowed_ports): [object, string] => [
      url({ allowed_ports }),
      'webhooks.url.allowed_ports must be a list of port numbers, such as 443.',
    ]),
    ...[0, 65_537, 1.5, '100'].map((max_url_length): [object, string] => [
      url({ max_url_length }),
      'webhooks.url.max_url_length must be a whole number from 1 to 65536.',
    ]),
    [{ http: { disable_webhooks: 'true' } }, 'http.disable_webhooks must be true or false.'],
    [
      { webhooks: { headers: { Host: 'a' } } },
      'webhooks.headers.Host is a header that this server sets by itself.',
    ],
    [
      { webhooks: { headers: { 'Webhook-Signature': 'a' } } },
      'webhooks.headers.Webhook-Signature is a header that this server sets by itself.',
    ],
    [{ webhooks: { headers: { 'a b': 'a' } } }, 'webhooks.headers has "a b", which is no name of a header.'],
  ] satisfies [object, string][])('are refused in one sentence: %j', (json, sentence) => {
    expect(() => parseWebhooks(FILE, json)).toThrow(new ProjectError(FILE, sentence));
  });
});

describe('the headers of webhooks', () => {
  const resolve = (
    headers: Record<string, string>,
    variables: Record<string, string> = {},
    env_prefix?: string,
  ) =>
    resolveHeaders(
      FILE,
      parseWebhooks(FILE, { webhooks: { headers, ...(env_prefix && { env_prefix }) } }),
      variables,
    );

  it('hold what variables stand for', () => {
    const headers = {
      authorization: 'Bearer ${{ env.LG_WEBHOOK_TOKEN }}',
      'x-two': '${{env.LG_WEBHOOK_A}}-${{env.LG_WEBHOOK_B}}',
    };
    const variables = { LG_WEBHOOK_TOKEN: 't$&', LG_WEBHOOK_A: 'a', LG_WEBHOOK_B: '${{ env.LG_WEBHOOK_A }}' };
    expect(resolve(headers, variables)).toEqual({
      authorization: 'Bearer t$&',
      'x-two': 'a-${{ env.LG_WEBHOOK_A }}',
    });
  });

  it('may have another prefix', () => {
    expect(resolve({ 'x-a': '${{ env.HOOK_A }}' }, { HOOK_A: 'a' }, 'HOOK_')).toEqual({ 'x-a': 'a' });
  });

  it.each([
    [
      '${{ env.AUTH_JWT_SECRET }}',
      'webhooks.headers.x-a names AUTH_JWT_SECRET, but only variables that begin with LG_WEBHOOK_ are sent.',
    ],
    ['${{ env.LG_WEBHOOK_NONE }}', 'webhooks.headers.x-a names LG_WEBHOOK_NONE, which is not set; set it.'],
    ['${{ env.LG_WEBHOOK_EMPTY }}', 'webhooks.headers.x-a names LG_WEBHOOK_EMPTY, which is not set; set it.'],
    ['${{ env.LG_WEBHOOK_LINE }}', 'webhooks.headers.x-a holds a character that no header can have.'],
    [
      '${{ secrets.TOKEN }}',
      'webhooks.headers.x-a has a template that is none; it must be like "${{ env.LG_WEBHOOK_TOKEN }}".',
    ],
  ])('stop the start with one sentence: %s', (template, sentence) => {
    const variables = {
      LG_WEBHOOK_EMPTY: '',
      LG_WEBHOOK_LINE: 'hunter2\r\nx-b: c',
      AUTH_JWT_SECRET: 'hunter2',
    };
    expect(() => resolve({ 'x-a': template }, variables)).toThrow(new ProjectError(FILE, sentence));
  });
});
