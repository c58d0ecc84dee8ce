import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { runAsSystem } from '../../src/index.js';
import { callerOf, startApplication, type Caller, type TestApplication } from '../support/application.js';
import { createPostgres, databases, type TestDatabase } from '../support/databases.js';

const LIMIT = 3;
const KEY = 'a-key-that-nobody-would-ever-guess-0123456789';
const KEYS = [{ identity: 'alice', sha256: createHash('sha256').update(KEY).digest('hex') }];
const TOO_MANY = { detail: 'Too many requests' };

describe.each(databases)('the limit of requests on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let first: TestApplication;
  const running: TestApplication[] = [];

  beforeAll(async () => {
    database = await create();
    first = await start();
  });
  afterAll(async () => {
    await Promise.all(running.map((application) => application.stop()));
    await database.drop();
  });

  async function start(environment: Record<string, string> = {}): Promise<TestApplication> {
    const application = await startApplication({
      databaseUrl: database.url,
      environment: {
        RATE_LIMIT_PER_MINUTE: String(LIMIT),
        AUTH_API_KEYS: JSON.stringify(KEYS),
        ...environment,
      },
    });
    running.push(application);
    return application;
  }

  const ask = (caller: Caller) => caller('POST', '/threads/count', {});

  async function useUp(caller: Caller): Promise<void> {
    for (let count = 0; count < LIMIT; count++) expect((await ask(caller)).status).toBe(200);
  }

  it('refuses what is too much with 429 and says when to come again (abuse case 67)', async () => {
    const dave = await first.as('dave');
    await useUp(dave);
    const { status, body, headers } = await ask(dave);
    expect({ status, body }).toEqual({ status: 429, body: TOO_MANY });
    expect(headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
  });

  it('is that of an identity, whichever address, token or strategy it comes with (abuse case 67)', async () => {
    const { as, url } = first;
    await useUp(await as('alice', { session: 1 }));
    expect((await ask(await as('alice', { session: 2 }))).status).toBe(429);
    const withKey: Caller = (method, path, body) => callerOf(url)(method, path, body, { 'x-api-key': KEY });
    expect((await ask(withKey)).status).toBe(429);
    const forwarded: Caller = async (method, path, body) =>
      (await as('alice'))(method, path, body, { 'x-forwarded-for': '203.0.113.7' });
    expect((await ask(forwarded)).status).toBe(429);
    expect((await ask(await as('bob'))).status).toBe(200);
  });

  it('is used up by nobody who has not proved the identity, and is no obstacle to them (abuse case 67)', async () => {
    const { as, url, token } = first;
    const forger = callerOf(url, `${await token('erin')}x`);
    for (let count = 0; count < 2 * LIMIT; count++) {
      expect((await ask(forger)).status).toBe(401);
      expect((await ask(callerOf(url))).status).toBe(401);
      expect((await callerOf(url)('GET', '/ok')).status).toBe(200);
    }
    await useUp(await as('erin'));
  });

  it('counts every request of a route that is guarded, whatever it would be answered with, and reads no body of one too many', async () => {
    const frank = await first.as('frank');
    const statuses = [];
    for (const body of ['{', { limit: -1 }, { limit: 1 }, '{', { limit: 1 }])
      statuses.push((await frank('POST', '/threads/search', body)).status);
    expect(statuses).toEqual([400, 422, 200, 429, 429]);
  });

  it('is none unless it is set', async () => {
    const { as } = await start({ RATE_LIMIT_PER_MINUTE: '0' });
    const alice = await as('alice');
    for (let count = 0; count < 10 * LIMIT; count++) expect((await ask(alice)).status).toBe(200);
  });

  it(`is ${dialect === 'postgres' ? 'one for all processes together, and survives their end' : 'that of the one process there is'}`, async () => {
    await useUp(await first.as('grace'));
    if (dialect === 'postgres') {
      const second = await start();
      expect((await ask(await second.as('grace'))).status).toBe(429);
    }
    expect((await ask(await first.as('grace'))).status).toBe(429);
  });
});

describe('the limit of requests, when they cannot be counted', () => {
  it('lets nobody in, and does not make its table anew', async () => {
    const database = await createPostgres();
    const application = await startApplication({
      databaseUrl: database.url,
      environment: { RATE_LIMIT_PER_MINUTE: String(LIMIT) },
    });
    const dataSource = application.app.get<DataSource>(getDataSourceToken());
    await runAsSystem('break the counter', () => dataSource.query('DROP TABLE "request_count"'));
    const alice = await application.as('alice');
    for (let count = 0; count < 2; count++) {
      const { status, body } = await alice('POST', '/threads/count', {});
      expect({ status, body }).toEqual({ status: 503, body: { detail: 'Requests cannot be counted' } });
    }
    await application.stop();
    await database.drop();
  });
});
