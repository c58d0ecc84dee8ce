import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationMatrix } from '../../src/index.js';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';

const LIMIT = 64 * 1024;
const ALLOWED = 'https://chat.example';
const CRLF = '\r\n';

describe('the edge of HTTP', () => {
  let application: TestApplication;
  let token: string;

  beforeAll(async () => {
    application = await startApplication({
      environment: { BODY_LIMIT_BYTES: String(LIMIT), CORS_ORIGINS: ALLOWED },
    });
    token = await application.token('alice');
  });
  afterAll(() => application.stop());

  interface RawRequest {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: readonly string[];
    readonly body?: string | Buffer;
    readonly isAnonymous?: boolean;
  }

  /** The whole answer to bytes that no client would send. */
  function raw({
    method = 'POST',
    path = '/threads/search',
    headers = [],
    body = '',
    isAnonymous,
  }: RawRequest) {
    const who = isAnonymous ? [] : [`authorization: Bearer ${token}`];
    const length = headers.some((header) => /^(transfer-encoding|content-length)/i.test(header))
      ? []
      : [`content-length: ${Buffer.byteLength(body)}`];
    const head = [
      `${method} ${path} HTTP/1.1`,
      'host: x',
      'connection: close',
      ...who,
      ...length,
      ...headers,
    ];
    const { hostname, port } = new URL(application.url);
    return new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head.join(CRLF)}${CRLF}${CRLF}`);
        socket.write(body);
      });
      socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer but ${answer}`)));
      socket.on('data', (chunk) => (answer += String(chunk)));
      // A server that does not want the rest of a body closes while it is being sent.
      socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
      socket.on('close', () => resolve(answer));
    });
  }

  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  const json = 'content-type: application/json';

  it.each<[string, RawRequest, number]>([
    ['nested 20,000 deep in lists', { headers: [json], body: '['.repeat(20_000) + ']'.repeat(20_000) }, 422],
    [
      'nested 8,000 deep in objects',
      { headers: [json], body: '{"a":'.repeat(8_000) + '1' + '}'.repeat(8_000) },
      422,
    ],
    [
      'nested as deep as it may be',
      { headers: [json], body: `{"metadata":{"a":${'['.repeat(3)}${']'.repeat(3)}}}` },
      200,
    ],
    [
      'of more keys than anybody needs',
      {
        headers: [json],
        body: `{${Array.from({ length: 6_000 }, (_, n) => `"k${n}":1`).join(',')},"limit":1}`,
      },
      200,
    ],
    ['over the limit', { headers: [json], body: JSON.stringify({ a: 'x'.repeat(LIMIT) }) }, 413],
    ['that says it is 300 MB', { headers: [json, 'content-length: 314572800'], body: '{' }, 413],
    [
      'over the limit in chunks of no announced size',
      {
        headers: [json, 'transfer-encoding: chunked'],
        body: `${(LIMIT + 10).toString(16)}${CRLF}${' '.repeat(LIMIT + 10)}${CRLF}0${CRLF}${CRLF}`,
      },
      413,
    ],
    [
      'that unpacks to more than it is',
      { headers: [json, 'content-encoding: gzip'], body: gzipSync('0'.repeat(10_000_000)) },
      415,
    ],
    ['in brotli', { headers: [json, 'content-encoding: br'], body: '{}' }, 415],
    ['in UTF-16', { headers: [`${json}; charset=utf-16`], body: Buffer.from('{}', 'utf16le') }, 415],
    ['in Latin-1', { headers: [`${json}; charset=latin1`], body: '{}' }, 415],
    [
      'that is not the UTF-8 it says it is',
      { headers: [json], body: Buffer.from('{"metadata":{"a":"\xe9"}}', 'latin1') },
      400,
    ],
    ['that begins with a byte order mark', { headers: [json], body: '\ufeff{"limit":1}' }, 200],
    ['of a form', { headers: ['content-type: application/x-www-form-urlencoded'], body: 'limit=1' }, 415],
    ['of several parts', { headers: ['content-type: multipart/form-data; boundary=x'], body: '--x--' }, 415],
    ['with two lengths', { headers: [json, 'content-length: 2', 'content-length: 3'], body: '{} ' }, 400],
    [
      'with a length and chunks',
      {
        headers: [json, 'content-length: 2', 'transfer-encoding: chunked'],
        body: `2${CRLF}{}${CRLF}0${CRLF}${CRLF}`,
      },
      400,
    ],
    [
      'in an unknown transfer encoding',
      { headers: [json, 'transfer-encoding: chunked, gzip'], body: '' },
      400,
    ],
  ])('answers a body %s (abuse case 53)', async (_, request, status) => {
    const answer = await raw(request);
    expect(statusOf(answer)).toBe(status);
    if (status >= 400) expect(answer).toMatch(/\{"detail":"[^"]+"\}\s*(0\s*)?$/);
  });

  it('gives a name that is there twice one meaning: the last, for the handler as for the use (abuse case 53)', async () => {
    const body = '{"metadata":{"owner":"bob"},"metadata":{"a":1}}';
    const answer = await raw({ path: '/threads', headers: [json], body });
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain('"metadata":{"a":1,"owner":"alice"}');
  });

  it('waits a minute for a request at most, however slowly it trickles in (abuse case 53)', () => {
    const server = application.app.getHttpServer();
    expect(server.requestTimeout).toBe(60_000);
    expect(server.headersTimeout).toBeLessThanOrEqual(60_000);
  });

  it.each([
    '/threads',
    '/%74hreads',
    '/threads/%2e%2e/threads',
    '/threads/search/../search',
    '//threads',
    '/THREADS',
    '/threads;a=b',
    '/threads%00',
    '/threads%2fsearch',
    '/ok/../threads/search',
    '/ok/%2e%2e/threads/search',
    '/ok%2f..%2fthreads',
    '/ok/',
    '/ok.',
    '/ok;/threads',
    '/info/../threads/count',
    '/docs/',
    '/docs/..%2fpackage.json',
    '/metrics',
    '/openapi.json/',
    '/.env',
    '*',
    'http://other.example/threads',
  ])(
    'gives nobody anything at %s: it is another way to a guarded route, or to none (abuse case 64)',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const answer = await raw({ method, path, headers: [json], body: '{}', isAnonymous: true });
        expect([400, 401, 404]).toContain(statusOf(answer));
      }
    },
  );

  it('has no public routes but these (abuse case 64)', () => {
    const rows = application.app.get(AuthorizationMatrix).rows();
    const open = rows.filter(({ event }) => event === 'public').map(({ route }) => route);
    expect(open).toEqual([
      ...['GET /docs', 'GET /docs/page.js', 'GET /docs/swagger-ui-bundle.js', 'GET /docs/swagger-ui.css'],
      ...['GET /info', 'GET /ok', 'GET /openapi.json'],
    ]);
  });

  it.each([
    ['an origin that is not listed', 'https://evil.example'],
    ['one that only begins like it', `${ALLOWED}.evil.example`],
    ['one of another scheme', 'http://chat.example'],
    ['none, as a sandboxed page or a file has', 'null'],
  ])('lets no script of %s read an answer (abuse case 65)', async (_, origin) => {
    const alice = callerOf(application.url, token);
    const answer = await alice('POST', '/threads/search', {}, { origin });
    expect(answer.headers.get('access-control-allow-origin')).not.toBe(origin);
    expect(answer.headers.get('access-control-allow-origin')).not.toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('lets scripts of a listed origin read, and takes no credentials that a browser adds by itself (abuse case 65)', async () => {
    const alice = callerOf(application.url, token);
    const answer = await alice('POST', '/threads/search', {}, { origin: ALLOWED });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toMatch(/origin/i);
    // What a form of another site can send: a cookie and plain text.
    const forged = { origin: ALLOWED, 'content-type': 'text/plain', cookie: `token=${token}` };
    expect((await callerOf(application.url)('POST', '/threads', '{}', forged)).status).toBe(401);
  });

  it('sends headers that keep browsers from guessing and caches from keeping, with every answer (abuse case 65)', async () => {
    const answers = [
      await raw({ headers: [json], body: '{}' }),
      await raw({ headers: [json], body: '{}', isAnonymous: true }),
      await raw({ method: 'GET', path: '/nowhere' }),
      await raw({ method: 'GET', path: '/ok' }),
    ];
    expect(answers.map(statusOf)).toEqual([200, 401, 404, 200]);
    for (const answer of answers) {
      expect(answer).toMatch(/x-content-type-options: nosniff/i);
      expect(answer).toMatch(/cache-control: no-store/i);
      expect(answer).not.toMatch(/^(server|x-powered-by):/im);
    }
  });

  it('speaks no WebSocket: an upgrade is an ordinary request, to be authenticated as such (abuse case 59)', async () => {
    const upgrade = [
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const headers = [...upgrade, 'origin: https://evil.example'];
    const request = { method: 'GET', path: '/threads/0190a000-0000-7000-8000-000000000000', headers };
    expect(statusOf(await raw({ ...request, isAnonymous: true }))).toBe(401);
    expect(statusOf(await raw(request))).toBe(404);
  });

  it('goes on serving others while somebody’s body does not come (abuse case 53)', async () => {
    const { hostname, port } = new URL(application.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /threads HTTP/1.1${CRLF}host: x${CRLF}authorization: Bearer ${token}${CRLF}content-length: 9${CRLF}${CRLF}{`,
    );
    await pause(50);
    expect((await callerOf(application.url, token)('POST', '/threads/count', {})).status).toBe(200);
    socket.destroy();
  });
});
