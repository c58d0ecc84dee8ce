import { describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestApplication, type Type } from '@nestjs/common';
import { EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import * as constants from '@nestjs/microservices/constants.js';
import { PatternHandler } from '@nestjs/microservices/enums/pattern-handler.enum.js';
import { AuthorizationMatrix, OnAuthService, parsePrincipal } from 'onauth-server/on-auth';
import { MESSAGE_METADATA } from '../../src/on-auth/message.pattern.js';
import { ProbeModule, ordersApplication } from './support/orders.application.js';

const TCP = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;

/** Why an application is not started; `undefined` where it is. */
async function refusalOf(further: Type[], connect: (app: INestApplication) => unknown = () => undefined) {
  const app = await ordersApplication(undefined, ...further);
  try {
    connect(app);
    await app.init();
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await app.close();
  }
}

function moduleOf(controller: Type): Type {
  @Module({ controllers: [controller] })
  class FurtherModule {}
  return FurtherModule;
}

describe('the boot of an application with message handlers', () => {
  it('is refused for a handler of messages that declares no event', async () => {
    @Controller()
    class Undeclared {
      @MessagePattern('orders.count')
      count() {
        return 1;
      }
    }
    expect(await refusalOf([moduleOf(Undeclared)])).toBe(
      'WiringError: Undeclared.count is a message handler that declares no event; put @Authorize(resource, action, input) or @Public() on it.',
    );
  });

  it('is refused for a handler of events that declares none', async () => {
    @Controller()
    class Undeclared {
      @EventPattern({ of: 'orders' })
      note() {}
    }
    expect(await refusalOf([moduleOf(Undeclared)])).toMatch(
      /^WiringError: Undeclared\.note is a message handler/,
    );
  });

  it.each([undefined, { inheritAppConfig: true }, { inheritAppConfig: false }])(
    'is refused for a transport that is connected past the guard: %o',
    async (options) => {
      expect(await refusalOf([], (app) => app.connectMicroservice(TCP, options))).toMatch(
        /^WiringError: The handler of "orders\.\w+" would be served past the guard; connect its transport with connectMessages\(app, options\) of onauth-server\/on-auth\/messages\.$/,
      );
    },
  );
});

describe('message handlers', () => {
  it('are listed with the routes', async () => {
    const app = await ordersApplication(undefined, ProbeModule);
    await app.init();
    const rows = app.get(AuthorizationMatrix).rows();
    await app.close();
    const listed = rows.filter(({ route }) => /^(MESSAGE|EVENT) /.test(route));
    expect(
      listed.map(({ route, event, ids }) => [route, event, ids.map((id) => `${id.in}: ${id.at}`)]),
    ).toEqual([
      ['MESSAGE open', 'public', []],
      ['MESSAGE orders.archive', 'orders:archive', ['body: order_id']],
      ['MESSAGE orders.break', 'orders:read', ['body: order_id']],
      ['MESSAGE orders.list', 'orders:list', []],
      ['EVENT orders.packed', 'orders:ship', ['body: order_id']],
      ['MESSAGE orders.read', 'orders:read', ['body: order_id']],
    ]);
  });

  it('stand for their event in an explanation, where no route fires it', async () => {
    const app = await ordersApplication(undefined, ProbeModule);
    await app.init();
    const ann = parsePrincipal({ identity: 'ann', company: 'acme' })!;
    const id = '01890000-0000-7000-8000-000000000000';
    const explained = await app.get(OnAuthService).explain(ann, 'orders:archive', id);
    await app.close();
    expect(explained).toMatchObject({ route: 'ProbeMessages.archive', id, handler: undefined, status: 403 });
  });

  it('are known by what the decorators of Nest write', () => {
    expect(MESSAGE_METADATA).toEqual({
      pattern: constants.PATTERN_METADATA,
      handler: constants.PATTERN_HANDLER_METADATA,
      kinds: { [PatternHandler.MESSAGE]: 'MESSAGE', [PatternHandler.EVENT]: 'EVENT' },
    });
  });
});
