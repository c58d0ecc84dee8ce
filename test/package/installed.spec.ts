import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { callerOf } from '../support/application.js';
import { databases } from '../support/databases.js';
import { ServerProcess } from '../support/server.process.js';
import { InstalledApplication } from './support/installed.application.js';

const SECRET = 'a secret that is long enough for HS256 tokens';
const NEVER = '01890000-0000-7000-8000-000000000000';

describe('the package in another Nest application', () => {
  let installed: InstalledApplication;

  beforeAll(async () => {
    installed = await InstalledApplication.of('examples/own-application');
  }, 120_000);
  afterAll(() => installed.remove());

  it('is packed with what is built and documented, and with no test, example or setting', () => {
    expect(installed.packed).toContain('dist/src/framework.js');
    expect(installed.packed).toContain('dist/src/framework.d.ts');
    const others = installed.packed.filter(
      (file) => !/^(dist\/src\/|docs\/|(package\.json|README\.md|CHANGELOG\.md|LICENSE)$)/.test(file),
    );
    expect(others).toEqual([]);
    expect(installed.packed.filter((file) => file.includes('.spec.'))).toEqual([]);
  });

  it('has types by which the application compiles', async () => {
    expect(await installed.compile()).toBe('');
  }, 120_000);

  describe.each(databases)('on $dialect', ({ create }) => {
    it('guards and scopes what the application serves', async () => {
      const database = await create();
      const environment = { DATABASE_URL: database.url, TOKEN_SECRET: SECRET, PORT: '0' };
      const main = join(installed.folder, 'dist/main.js');
      const server = new ServerProcess(installed.folder, environment, [main]);
      try {
        const url = await server.up();
        const [ann, ben, eve] = [
          callerOf(url, await tokenOf('ann', 'acme')),
          callerOf(url, await tokenOf('ben', 'acme', 'orders:ship')),
          callerOf(url, await tokenOf('eve', 'umbrella', 'orders:ship')),
        ];
        const placed = await ann('POST', '/orders', {
          articles: ['rope'],
          metadata: { company: 'umbrella' },
        });
        expect(placed).toMatchObject({ status: 201, body: { metadata: { company: 'acme' } } });
        const { order_id } = placed.body as { order_id: string };
        const order = `/orders/${order_id}`;

        expect(await ben('GET', order)).toMatchObject({
          status: 200,
          body: { lines: [{ article: 'rope' }] },
        });
        const never = await eve('GET', `/orders/${NEVER}`);
        for (const answer of [await eve('GET', order), await eve('POST', `${order}/ship`)])
          expect(answer).toMatchObject({ status: 404, text: never.text.replace(NEVER, order_id) });
        expect(await eve('GET', '/orders')).toMatchObject({ status: 200, body: [] });
        expect(await eve('POST', '/orders', { order_id, articles: [] })).toMatchObject({ status: 409 });
        expect(await ann('POST', `${order}/ship`)).toMatchObject({
          status: 403,
          body: { statusCode: 403, message: 'Forbidden' },
        });
        expect(await ben('POST', `${order}/ship`)).toMatchObject({
          status: 201,
          body: { status: 'shipped' },
        });

        const nobody = await callerOf(url)('GET', order);
        expect(nobody).toMatchObject({ status: 401, body: { statusCode: 401, message: 'Unauthorized' } });
        expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
      } finally {
        await server.stop();
        await database.drop();
      }
    }, 60_000);
  });
});

function tokenOf(identity: string, company: string, ...permissions: string[]): Promise<string> {
  return new SignJWT({ company, permissions })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(identity)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(Buffer.from(SECRET));
}
