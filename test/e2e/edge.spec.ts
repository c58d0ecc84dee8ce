import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callerOf, startApplication, type Caller, type TestApplication } from '../support/application.js';

describe('the edge', () => {
  let application: TestApplication;
  let alice: Caller;
  let nobody: Caller;

  beforeAll(async () => {
    application = await startApplication();
    alice = await application.as('alice');
    nobody = callerOf(application.url);
  });

  afterAll(() => application.stop());

  /** Sends bytes as they are and gives everything that comes back. */
  function raw(text: string): Promise<string> {
    const { hostname, port } = new URL(application.url);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
      setTimeout(() => socket.end(), 500).unref();
    });
  }

  it.each<[string, string, string, unknown, Record<string, string>]>([
    ['a body that is not JSON', 'POST', '/threads', '{', {}],
    ['a wrong body', 'POST', '/threads', { metadata: 7 }, {}],
    ['a wrong path', 'GET', '/threads/not-a-uuid', undefined, {}],
    ['a content type that is none', 'POST', '/threads', '{}', { 'content-type': 'nonsense' }],
    ['another content type', 'POST', '/threads', '{}', { 'content-type': 'application/xml' }],
    ['a compressed body', 'POST', '/threads', '{}', { 'content-encoding': 'gzip' }],
    ['the header of a studio', 'POST', '/threads/search', {}, { 'x-auth-scheme': 'langsmith' }],
    [
      'a user from outside',
      'POST',
      '/threads/search',
      {},
      { 'x-user-id': 'alice', 'x-forwarded-user': 'alice' },
    ],
    ['an encoded path', 'POST', '/%74hreads/search', {}, {}],
  ])(
    'answers nobody with 401 first: %s (abuse cases 17, 18 and 64)',
    async (_, method, path, body, headers) => {
      expect(await nobody(method, path, body, headers)).toMatchObject({
        status: 401,
        body: { detail: 'Unauthorized' },
      });
    },
  );

  it('does not read the body of somebody unknown (abuse case 53)', async () => {
    const answer = await raw('POST /threads HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n{');
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ...['/nowhere', '//threads', '/threads/', '/ok.', '/ok/../threads', '/.env'],
    ...[
      '/docs/',
      '/docs/../threads',
      '/docs/..%2fpackage.json',
      '//docs',
      '/openapi.json/',
      '/openapi.jsonx',
    ],
  ])('answers everybody 404 on %s (abuse case 64)', async (path) => {
    const target = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
    const token = await application.token('alice');
    for (const request of [`${target}\r\n`, `${target}authorization: Bearer ${token}\r\n\r\n`]) {
      const answer = await raw(request);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('{"detail":"Not Found"}');
    }
  });

  it('answers what is no request in the same form', async () => {
    expect(await raw('GET /threads/%ZZ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*\{"detail":"Bad Request"\}$/,
    );
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*\{"detail":"Bad Request"\}$/);
    expect(await raw(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*\{"detail":"Request Header Fields Too Large"\}$/,
    );
  });

  it('lets a browser read the headers that clients need, and sends no credentials (abuse case 65)', async () => {
    const preflight = await nobody('OPTIONS', '/threads', undefined, {
      origin: 'https://chat.example',
      'access-control-request-method': 'PATCH',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await alice('POST', '/threads/search', {}, { origin: 'https://chat.example' });
    expect(answer.headers.get('access-control-expose-headers')).toMatch(
      /content-location.*location.*x-pagination-next/,
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('refuses a second Authorization header, whatever they say (abuse case 14)', async () => {
    const token = await application.token('alice');
    const answer = await raw(
      `GET /threads/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n` +
        `authorization: Bearer ${token}\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});
