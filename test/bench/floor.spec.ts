import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SEARCHED_TOPIC, threadAt, threadId } from '../../bench/population/population.js';
import { seedPostgres } from '../../bench/population/postgres.seeder.js';
import { seedSqlite } from '../../bench/population/sqlite.seeder.js';
import { startFloor } from '../../bench/servers/launchers.js';
import type { ServerProcess } from '../../bench/servers/server.process.js';
import { JWT_SECRET, authorizationOf } from '../../bench/servers/tokens.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const POPULATION = { threads: 90, owners: 3 };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

describe.each(databases)('the floor of the benchmark on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let service: TestApplication;
  let floor: ServerProcess;

  beforeAll(async () => {
    database = await create();
    service = await startApplication({
      databaseUrl: database.url,
      environment: { AUTH_JWT_SECRET: JWT_SECRET },
    });
    if (dialect === 'postgres') await seedPostgres(database.url, POPULATION);
    else await seedSqlite(database.url.slice('sqlite:'.length), POPULATION);
    floor = (await startFloor(database.url)).server;
  });

  afterAll(async () => {
    await floor.stop();
    await service.stop();
    await database.drop();
  });

  async function ask(url: string, owner: number, { method, path, body }: Asked) {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: await authorizationOf(owner),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const next = response.headers.get('x-pagination-next');
    return { status: response.status, next, body: await response.json() };
  }

  it('is asked about threads as they were described', async () => {
    const { thread_id, metadata } = threadAt(POPULATION, 4);
    const { body } = await ask(service.url, 1, { method: 'GET', path: `/threads/${thread_id}` });
    expect(body).toMatchObject({ thread_id, metadata });
  });

  it.each<Asked>([
    { method: 'GET', path: `/threads/${threadId(4)}` },
    { method: 'GET', path: `/threads/${threadId(5)}` },
    { method: 'POST', path: '/threads/search', body: { limit: 10 } },
    { method: 'POST', path: '/threads/search', body: { limit: 10, metadata: { topic: SEARCHED_TOPIC } } },
    { method: 'POST', path: '/threads/count', body: {} },
  ])('answers $method $path $body as the service does', async (asked) => {
    const expected = await ask(service.url, 1, asked);
    expect(await ask(floor.url, 1, asked)).toEqual(expected);
  });

  it('creates and changes threads that the service then shows', async () => {
    const created = await ask(floor.url, 2, {
      method: 'POST',
      path: '/threads',
      body: { metadata: { a: 1 } },
    });
    const path = `/threads/${(created.body as { thread_id: string }).thread_id}`;
    const changed = await ask(floor.url, 2, { method: 'PATCH', path, body: { metadata: { b: [2] } } });
    expect(changed.body).toMatchObject({ metadata: { a: 1, b: [2], owner: 'user-00002' } });
    expect(await ask(service.url, 2, { method: 'GET', path })).toEqual(changed);
  });

  it('lets nobody change the thread of another', async () => {
    const asked = { method: 'PATCH', path: `/threads/${threadId(0)}`, body: { metadata: { b: 2 } } };
    const expected = await ask(service.url, 1, asked);
    expect(await ask(floor.url, 1, asked)).toEqual(expected);
  });
});
