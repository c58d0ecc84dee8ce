import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf } from '../runs/api/runs.application.js';
import { startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

const FORM =
  'webhook must be an absolute http or https URL of 1 to 65536 characters, without user name and password';
const PRIVATE = 'webhook must not point to a private, local or reserved address';

/** Everything that is no place in the internet, in every way to write it. */
const REFUSED: readonly [string, string][] = [
  ['loopback', 'http://127.0.0.1/'],
  ['loopback beyond its first address', 'http://127.255.0.3:8080/'],
  ['localhost', 'http://localhost:8123/threads'],
  ['localhost in capitals', 'https://LOCALHOST/'],
  ['localhost as a full name', 'http://localhost./'],
  ['a name below localhost', 'http://app.localhost/'],
  ['a decimal number', 'http://2130706433/'],
  ['a hexadecimal number', 'http://0x7f000001/'],
  ['octal parts', 'http://0177.0.0.01/'],
  ['a hexadecimal part', 'http://0x7f.0.0.1/'],
  ['two parts', 'http://127.1/'],
  ['three parts', 'http://127.0.1/'],
  ['an address with a dot at its end', 'http://127.0.0.1./'],
  ['digits of full width', 'http://１２７.０.０.１/'],
  ['dots of another script', 'http://127。0。0。1/'],
  ['encoded digits', 'http://%31%32%37.0.0.1/'],
  ['no address', 'http://0.0.0.0/'],
  ['no address, in short', 'http://0/'],
  ['a private network', 'http://10.1.2.3/'],
  ['a private network, as a number', 'http://167772161/'],
  ['a private network in the middle', 'http://172.16.0.1/'],
  ['its last address', 'http://172.31.255.255/'],
  ['the private network of homes', 'http://192.168.1.1/'],
  ['carrier-grade NAT', 'http://100.64.0.1/'],
  ['metadata in carrier-grade NAT', 'http://100.100.100.200/'],
  ['metadata', 'http://169.254.169.254/latest/meta-data/'],
  ['metadata as a number', 'http://2852039166/'],
  ['metadata in octal', 'http://0251.0376.0251.0376/'],
  ['metadata by name', 'http://metadata.google.internal/computeMetadata/v1/'],
  ['the agent of a cloud', 'http://168.63.129.16/'],
  ['protocol assignments', 'http://192.0.0.192/'],
  ['documentation', 'http://192.0.2.1/'],
  ['more documentation', 'http://198.51.100.1/'],
  ['yet more documentation', 'http://203.0.113.1/'],
  ['a relay of 6to4', 'http://192.88.99.1/'],
  ['benchmarks', 'http://198.19.255.255/'],
  ['multicast', 'http://224.0.0.1/'],
  ['reserved', 'http://240.0.0.1/'],
  ['broadcast', 'http://255.255.255.255/'],
  ['IPv6 loopback', 'http://[::1]/'],
  ['IPv6 loopback at length', 'http://[0:0:0:0:0:0:0:1]/'],
  ['no IPv6 address', 'http://[::]/'],
  ['IPv4 mapped', 'http://[::ffff:127.0.0.1]/'],
  ['IPv4 mapped, in hexadecimal', 'http://[::ffff:a9fe:a9fe]/'],
  ['public IPv4 mapped', 'http://[::ffff:8.8.8.8]/'],
  ['IPv4 compatible', 'http://[::127.0.0.1]/'],
  ['IPv4 translated', 'http://[::ffff:0:127.0.0.1]/'],
  ['NAT64', 'http://[64:ff9b::7f00:1]/'],
  ['local NAT64', 'http://[64:ff9b:1::a00:1]/'],
  ['6to4', 'http://[2002:7f00:1::]/'],
  ['Teredo', 'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/'],
  ['unique-local', 'http://[fd12:3456:789a::1]/'],
  ['metadata in unique-local', 'http://[fd00:ec2::254]/'],
  ['link-local', 'http://[fe80::1]/'],
  ['site-local', 'http://[fec0::1]/'],
  ['IPv6 multicast', 'http://[ff02::1]/'],
  ['IPv6 documentation', 'http://[2001:db8::1]/'],
  ['more IPv6 documentation', 'http://[3fff::1]/'],
  ['IPv6 discard', 'http://[100::1]/'],
  ['a name without a dot', 'http://intranet/'],
  ['a local name', 'http://printer.local/'],
  ['a name in a home', 'http://nas.home.arpa/'],
];

const MALFORMED: readonly [string, unknown][] = [
  ['a relative path', '/ok'],
  ['a path of another host', '//example.com/hook'],
  ['a word', 'example.com/hook'],
  ['no host', 'http://'],
  ['a file', 'file:///etc/passwd'],
  ['FTP', 'ftp://example.com/'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/plain,hello'],
  ['gopher', 'gopher://127.0.0.1:6379/_FLUSHALL'],
  ['an opaque URL', 'http:example.com'],
  ['a user name', 'https://user@example.com/'],
  ['a password', 'https://:secret@example.com/'],
  ['a misleading user name', 'https://example.com:443@127.0.0.1/'],
  ['a port that is none', 'https://example.com:99999/'],
  ['IPv4 beyond its end', 'http://256.0.0.1/'],
  ['a zone', 'http://[fe80::1%25eth0]/'],
  ['a blank', 'http://exa mple.com/'],
  ['too many characters', `https://example.com/${'x'.repeat(65_536)}`],
  ['nothing', ''],
  ['a number', 1],
  ['an object', { url: 'https://example.com/' }],
];

describe('the target of a webhook (abuse case 60)', () => {
  let database: TestDatabase;
  let server: WebhooksApplication;

  beforeAll(async () => {
    database = await databases[0].create();
    server = await startWebhooks(database, {
      environment: { WEBHOOK_ALLOW_PRIVATE: 'false', NODE_ENV: 'production' },
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const create = (webhook: unknown) =>
    server.alice('POST', '/runs', { assistant_id: 'steps', input: {}, after_seconds: 1000, webhook });

  it.each(REFUSED)('must be in the internet: not %s, %s', async (_what, webhook) => {
    expect(await create(webhook)).toMatchObject({ status: 422, body: { detail: PRIVATE } });
  });

  it.each(MALFORMED)('must be a plain absolute URL: not %s', async (_what, webhook) => {
    expect(await create(webhook)).toMatchObject({ status: 422, body: { detail: FORM } });
  });

  it.each([
    'https://example.com/hook?token=1',
    'http://example.com:8080',
    'HTTPS://Example.COM./',
    'http://8.8.8.8/',
    'http://172.32.0.1/',
    'http://100.128.0.1/',
    'http://[2606:4700::1111]/',
    'https://internal.example.com/',
    'https://notlocalhost.com/',
  ])('may be %s', async (webhook) => {
    const run = await create(webhook);
    expect(run.status).toBe(200);
    expect(objectOf(run).kwargs).toMatchObject({ webhook });
  });

  it('may be left out, or null', async () => {
    expect((await create(undefined)).status).toBe(200);
    expect((await create(null)).status).toBe(200);
  });

  it('is looked at wherever a run is created', async () => {
    const threadId = await server.newThread(server.alice);
    const bad = { assistant_id: 'steps', webhook: 'http://127.1/' };
    const good = { assistant_id: 'steps', webhook: 'https://example.com/', after_seconds: 1000 };
    for (const path of ['/runs', `/threads/${threadId}/runs`])
      for (const way of ['', '/wait', '/stream'])
        expect(await server.alice('POST', `${path}${way}`, bad)).toMatchObject({
          status: 422,
          body: { detail: PRIVATE },
        });
    expect(await server.alice('POST', '/runs/batch', [good, bad])).toMatchObject({
      status: 422,
      body: { detail: PRIVATE },
    });
    const malformed = { ...bad, webhook: '/ok' };
    expect(await server.alice('POST', '/runs/batch', [good, malformed])).toMatchObject({
      status: 422,
      body: { detail: `[1]: ${FORM}` },
    });
  });

  it('is told to nobody who is not known: 401 comes first', async () => {
    const answer = await fetch(`${server.url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assistant_id: 'steps', webhook: 'http://127.0.0.1/' }),
    });
    expect(answer.status).toBe(401);
  });
});

describe('a server without WEBHOOK_SECRET', () => {
  it('refuses webhooks, since it never sends what is not signed (abuse case 61)', async () => {
    const database = await databases[0].create();
    const server = await startWebhooks(database, { environment: { WEBHOOK_SECRET: '' } });
    const answer = await server.alice('POST', '/runs', {
      assistant_id: 'steps',
      webhook: 'https://example.com/',
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { detail: 'webhook cannot be called: this server has no WEBHOOK_SECRET to sign with' },
    });
    await server.stop();
    await database.drop();
  });
});
