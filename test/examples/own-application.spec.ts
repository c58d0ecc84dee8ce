import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AuthorizationMatrix, OnAuth } from 'onauth-server/on-auth';
import { ApplicationModule } from '../../examples/own-application/application.module.js';

const SETTINGS = { database: 'sqlite::memory:', secret: 'a secret that is long enough for HS256 tokens' };

async function started(...further: Type[]): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({
    imports: [ApplicationModule.forRoot(SETTINGS, ...further)],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  try {
    return await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function refusalOf(...further: Type[]): Promise<string> {
  return started(...further).then(
    async (app) => {
      await app.close();
      return 'it starts';
    },
    (error: unknown) => String(error),
  );
}

describe('an application of its own', () => {
  it('lists its routes, and nothing of an agent server', async () => {
    const app = await started();
    const rows = app.get(AuthorizationMatrix).rows();
    await app.close();
    expect(rows.map(({ route, event }) => `${route} ${event}`)).toEqual([
      'GET /orders orders:list',
      'POST /orders orders:place',
      'GET /orders/:order_id orders:read',
      'POST /orders/:order_id/ship orders:ship',
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
