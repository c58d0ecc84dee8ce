import { Controller, Module, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SignJWT } from 'jose';
import { AuthorizationContext, Authorize, Public } from 'onauth-server/on-auth';
import { routeInput } from 'onauth-server/route-input';
import { ApplicationModule } from '../../../examples/own-application/application.module.js';
import { OrderId, readOrder } from '../../../examples/own-application/orders/orders.inputs.js';

declare module 'onauth-server/on-auth' {
  interface AuthEventMap {
    'orders:archive': { readonly order_id: string };
  }
}

const SECRET = 'a secret that is long enough for HS256 tokens';

const archiveOrder = routeInput('orders:archive', {
  type: OrderId,
  ids: { order_id: 'path' },
  value: ({ order_id }) => ({ order_id }),
});

/** Handlers beside those of the example. */
@Controller()
export class ProbeMessages {
  /** No handler of a policy answers for it. */
  @MessagePattern('orders.archive')
  @Authorize('orders', 'archive', archiveOrder)
  archive() {
    return 'archived';
  }

  @MessagePattern('orders.break')
  @Authorize('orders', 'read', readOrder)
  break() {
    throw new Error('cannot reach postgres://user:password@host/orders');
  }

  @MessagePattern('open')
  @Public()
  open() {
    return { scope: AuthorizationContext.current() ?? 'none' };
  }
}

@Module({ controllers: [ProbeMessages] })
export class ProbeModule {}

/** The example, not initialized yet. */
export async function ordersApplication(
  database = 'sqlite::memory:',
  ...further: Type[]
): Promise<NestFastifyApplication> {
  const testing = await Test.createTestingModule({
    imports: [ApplicationModule.forRoot({ database, secret: SECRET }, ...further)],
  }).compile();
  return testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
}

/** A token of somebody at a company, who may ship unless told otherwise. */
export function tokenOf(
  identity: string,
  company: string,
  { permissions = ['orders:ship'], expiresIn = 3600, secret = SECRET } = {},
): Promise<string> {
  return new SignJWT({ company, permissions })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(identity)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
    .sign(Buffer.from(secret));
}
