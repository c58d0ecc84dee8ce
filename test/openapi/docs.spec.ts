import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';
import { DocsPage } from './support/docs.page.js';

const FILES = ['/docs/page.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css'];

describe('the page at /docs', () => {
  let application: TestApplication;
  let page: DocsPage;

  beforeAll(async () => {
    application = await startApplication();
    page = await DocsPage.open(application.url);
  }, 60_000);
  afterAll(async () => {
    await page.close();
    await application.stop();
  });

  it('lets nothing in from elsewhere, runs nothing inline, and cannot be framed', async () => {
    const nobody = callerOf(application.url);
    for (const path of ['/docs', ...FILES]) {
      const { status, headers } = await nobody('GET', path);
      expect(status).toBe(200);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('is whole: it has all that it asks for, and every address is relative', () => {
    const asked = page.addresses.filter((address) => !address.startsWith('data:'));
    expect(asked.every((address) => address.startsWith('./'))).toBe(true);
    expect(asked.map((address) => new URL(address, `${application.url}/docs`).pathname).sort()).toEqual(
      FILES,
    );
    expect(page.html).not.toMatch(/<style|<script>| style=| on\w+=/);
  });

  it('has exactly these files', async () => {
    const nobody = callerOf(application.url);
    for (const path of [
      '/docs/',
      '/docs/index.html',
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs/page.js/',
    ])
      expect(await nobody('GET', path)).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
  });

  it('shows every route', async () => {
    await page.until(() => page.operations.includes('POST /threads/search'));
    expect(page.operations).toContain('GET /assistants/{assistant_id}');
    expect(page.operations.length).toBeGreaterThan(60);
  });

  it('sends what is tried out without a token, until there is one', async () => {
    await page.tryOut('POST /threads');
    await page.until(() => page.answerOf('POST /threads').includes('"detail": "Unauthorized"'));
  }, 60_000);

  it('sends the token of its Authorize box with what is tried out', async () => {
    await page.authorize(await application.token('alice'));
    await page.execute('POST /threads');
    await page.until(
      () => page.answerOf('POST /threads').includes('"owner": "alice"'),
      () => page.answerOf('POST /threads'),
    );
    const alice = await application.as('alice');
    expect((await alice('POST', '/threads/count', {})).body).toBe(1);
  }, 60_000);
});
