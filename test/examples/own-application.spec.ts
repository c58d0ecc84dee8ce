import { SignJWT } from 'jose';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AuthorizationMatrix, OnAuth } from 'onauth-server/on-auth';
import { replayAsOthers, type Ids } from 'onauth-server/testing/replay';
import { ApplicationModule } from '../../examples/own-application/application.module.js';
import { databases } from '../support/databases.js';

const SETTINGS = { database: 'sqlite::memory:', secret: 'a secret that is long enough for HS256 tokens' };

async function started(further: Type[] = [], settings = SETTINGS): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({
    imports: [ApplicationModule.forRoot(settings, ...further)],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function refusalOf(...further: Type[]): Promise<string> {
  return started(further).then(
    async (app) => {
      await app.close();
      return 'it starts';
    },
    (error: unknown) => String(error),
  );
}

describe('an application of its own', () => {
  it('lists its routes and message handlers, and nothing of an agent server', async () => {
    const app = await started();
    const rows = app.get(AuthorizationMatrix).rows();
    await app.close();
    expect(rows.map(({ route, event }) => `${route} ${event}`)).toEqual([
      'GET /orders orders:list',
      'POST /orders orders:place',
      'GET /orders/:order_id orders:read',
      'POST /orders/:order_id/ship orders:ship',
      'MESSAGE orders.list orders:list',
      'EVENT orders.packed orders:ship',
      'MESSAGE orders.read orders:read',
    ]);
  });

  it('does not start with a route that declares no event', async () => {
    @Controller('reports')
    class ReportsController {
      @Get()
      all() {
        return [];
      }
    }
    @Module({ controllers: [ReportsController] })
    class ReportsModule {}
    expect(await refusalOf(ReportsModule)).toBe(
      'WiringError: ReportsController.all is a route that declares no event; put @Authorize(resource, action, input) or @Public() on it.',
    );
  });

  it('does not start with a second handler of an event', async () => {
    @Injectable()
    class OtherPolicy {
      @OnAuth('orders', 'ship')
      ship() {
        return true;
      }
    }
    @Module({ providers: [OtherPolicy] })
    class OtherModule {}
    expect(await refusalOf(OtherModule)).toBe(
      'WiringError: OtherPolicy.ship and OrdersPolicy.ship both handle "orders:ship"; remove one, exactly one handler decides.',
    );
  });
});

describe.each(databases)('the replay of an application of its own on $dialect', ({ create }) => {
  it('finds that the orders of another company are as if they had never been', async () => {
    const database = await create();
    const app = await started([], { ...SETTINGS, database: database.url });
    try {
      const report = await replayAsOthers(app, {
        headersOf: async (identity) => ({ authorization: `Bearer ${await tokenOf(identity)}` }),
        rows: async (ask, secret) => (await ask('POST', '/orders', { articles: [secret] })) as Ids,
        templates: [{ route: 'POST /orders', body: () => ({ articles: ['rope'] }) }],
      });
      expect(report).toEqual({ routes: 4, places: 3, requests: expect.any(Number), faults: [] });
    } finally {
      await app.close();
      await database.drop();
    }
  });
});

/** Everybody is of a company of their own, and may ship. */
function tokenOf(identity: string): Promise<string> {
  return new SignJWT({ company: `${identity} ltd`, permissions: ['orders:ship'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(identity)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(Buffer.from(SETTINGS.secret));
}
