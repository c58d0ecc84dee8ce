import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OrdersService } from '../../examples/own-application/orders/orders.service.js';
import { runAsSystem } from 'onauth-server/on-auth';
import { databases, type TestDatabase } from '../support/databases.js';
import { ProbeModule, ordersApplication, tokenOf } from './support/orders.application.js';
import { transports, type Messenger } from './support/transports.js';

const NEVER = '01890000-0000-7000-8000-000000000000';
const cases = databases.flatMap(({ dialect, create }) =>
  transports.map((transport) => ({ dialect, create, transport: transport.name, connect: transport.connect })),
);

describe.each(cases)('messages over $transport on $dialect', ({ create, connect }) => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let messages: Messenger;
  let order_id: string;
  let [ann, eve] = ['', ''];

  beforeAll(async () => {
    database = await create();
    app = await ordersApplication(database.url, ProbeModule);
    const open = connect(app);
    await app.init();
    await app.startAllMicroservices();
    messages = await open();
    [ann, eve] = [await tokenOf('ann', 'acme'), await tokenOf('eve', 'umbrella')];
    order_id = await placeOrder('acme');
  });
  afterAll(async () => {
    messages.close();
    await app.close();
    await database.drop();
  });

  async function placeOrder(company: string): Promise<string> {
    const order = { order_id: crypto.randomUUID(), articles: ['rope'], metadata: { company } };
    const placed = await runAsSystem('prepare a test', () => app.get(OrdersService).place(order));
    return placed.order_id;
  }

  it('reach what their sender may see', async () => {
    expect(await messages.send('orders.read', { order_id }, ann)).toMatchObject({
      order_id,
      lines: [{ article: 'rope' }],
    });
    expect(await messages.send('orders.read', { order_id: order_id.toUpperCase() }, ann)).toMatchObject({
      order_id,
    });
  });

  it('find what is somebody else’s as if it had never been', async () => {
    const never = await messages.send('orders.read', { order_id: NEVER }, eve);
    expect(never).toEqual({ status: 404, detail: `Order ${NEVER} not found` });
    expect(await messages.send('orders.read', { order_id }, eve)).toEqual({
      status: 404,
      detail: `Order ${order_id} not found`,
    });
    expect(await messages.send('orders.list', {}, eve)).toEqual([]);
  });

  it('are refused without a token, and with one that proves nothing', async () => {
    const tokens = [
      undefined,
      '',
      'nonsense',
      await tokenOf('ann', 'acme', { secret: 'another secret that is long enough as well' }),
      await tokenOf('ann', 'acme', { expiresIn: -60 }),
    ];
    for (const token of tokens)
      expect(await messages.send('orders.read', { order_id }, token)).toEqual({
        status: 401,
        detail: 'Unauthorized',
      });
  });

  it('are not believed for what their data says of their sender', async () => {
    const data = { order_id, authorization: `Bearer ${ann}`, headers: { authorization: `Bearer ${ann}` } };
    expect(await messages.send('orders.read', data)).toMatchObject({ status: 401 });
  });

  it('are refused in the order of requests: 401, 422, 403', async () => {
    expect(await messages.send('orders.read', { order_id: 'nonsense' })).toMatchObject({ status: 401 });
    expect(await messages.send('orders.read', { order_id: 'nonsense' }, ann)).toEqual({
      status: 422,
      detail: 'order_id must be a UUID',
    });
    expect(await messages.send('orders.list', { limit: 5000 }, ann)).toMatchObject({ status: 422 });
    expect(await messages.send('orders.read', { order_id }, await tokenOf('zoe', ''))).toEqual({
      status: 403,
      detail: 'You are of no company.',
    });
  });

  it('are denied where no handler answers for their event', async () => {
    expect(await messages.send('orders.archive', { order_id }, ann)).toEqual({
      status: 403,
      detail: 'Forbidden',
    });
  });

  it('tell nothing of a fault', async () => {
    expect(await messages.send('orders.break', { order_id }, ann)).toEqual({
      status: 500,
      detail: 'Internal Server Error',
    });
  });

  it('leave nothing behind for the next one of the connection', async () => {
    expect(await messages.send('orders.read', { order_id }, ann)).toMatchObject({ order_id });
    expect(await messages.send('open', {})).toEqual({ scope: 'none' });
    expect(await messages.send('orders.read', { order_id })).toMatchObject({ status: 401 });
  });

  it('of two users at once on one connection each see their own', async () => {
    const companies = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 'acme' : 'umbrella'));
    const foreign = await placeOrder('umbrella');
    const lists = await Promise.all(
      companies.map((company) => messages.send('orders.list', {}, company === 'acme' ? ann : eve)),
    );
    const seen = (lists as { order_id: string; metadata: { company: string } }[][]).map((list) => [
      ...new Set(list.map(({ metadata }) => metadata.company)),
    ]);
    expect(seen).toEqual(companies.map((company) => [company]));
    expect(foreign).not.toBe(order_id);
  });

  it('that are events act for whoever may, and for nobody else', async () => {
    const stateOf = async () => messages.send('orders.read', { order_id }, ann);
    const clerk = await tokenOf('cem', 'acme', { permissions: [] });
    for (const token of [undefined, 'nonsense', eve, clerk])
      await messages.emit('orders.packed', { order_id }, token);
    expect(await stateOf()).toMatchObject({ status: 'open' });
    await messages.emit('orders.packed', { order_id }, ann);
    await expectSoon(stateOf, { status: 'shipped' });
  });
});

/** An event is not answered: what it does is seen some time later. */
async function expectSoon(look: () => Promise<unknown>, expected: object): Promise<void> {
  let seen = await look();
  for (let attempt = 0; attempt < 200 && !isMatch(seen, expected); attempt++) {
    await sleep(20);
    seen = await look();
  }
  expect(seen).toMatchObject(expected);
}

function isMatch(seen: unknown, expected: object): boolean {
  return Object.entries(expected).every(([key, value]) => Reflect.get(Object(seen), key) === value);
}
