import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf } from '../runs/api/runs.application.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { freePort, OK, Receiver } from './support/receiver.js';
import { startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

describe.each(databases)('the delivery of a webhook on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: WebhooksApplication;
  let receiver: Receiver;

  beforeEach(async () => {
    database = await create();
    receiver = await Receiver.listen();
    server = await startWebhooks(database);
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
    await database.drop();
  });

  const run = async (webhook: string) =>
    objectOf(await server.alice('POST', '/runs/wait', { assistant_id: 'steps', input: {}, webhook }));
  const delivered = () => until('all is delivered', async () => (await server.deliveries()).length === 0);
  const failed = () =>
    until('it failed for good', async () =>
      (await server.deliveries()).some(({ status }) => status === 'failed'),
    );

  it('reaches a receiver that is down for a while, each once, in the end', async () => {
    const port = await freePort();
    const urls = Array.from({ length: 5 }, (_, n) => `http://127.0.0.1:${port}/${n}`);
    for (const url of urls) await run(url);
    await until('each was tried', async () =>
      (await server.deliveries()).every(({ attempts, last_error }) => attempts > 1 && last_error !== null),
    );
    const [{ last_error, status }] = await server.deliveries();
    expect({ last_error, status }).toEqual({
      last_error: 'could not be reached (ECONNREFUSED)',
      status: 'pending',
    });
    const late = await Receiver.listen(port);
    await delivered();
    expect(late.calls.map(({ path }) => path).toSorted()).toEqual(['/0', '/1', '/2', '/3', '/4']);
    await late.close();
  });

  it.each([408, 425, 429, 500, 502, 503, 504])(
    'is tried again after %i, under the same id',
    async (status) => {
      receiver.answer = (response) => {
        if (receiver.calls.length < 3) response.writeHead(status).end('try later');
        else response.writeHead(200).end('{}');
      };
      await run(receiver.url());
      await delivered();
      expect(receiver.calls).toHaveLength(3);
      expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    },
  );

  it.each([400, 401, 403, 404, 405, 410, 413, 422])(
    'fails for good on %i, and keeps no body',
    async (status) => {
      receiver.answer = (response) => response.writeHead(status).end('canary of the answer');
      await run(receiver.url('/?key=canary'));
      await failed();
      const [delivery] = await server.deliveries();
      expect(delivery).toMatchObject({ attempts: 1, last_error: `answered ${status}`, payload: {} });
      expect(receiver.calls).toHaveLength(1);
    },
  );

  it('is tried again when the answer takes too long', async () => {
    await server.stop();
    server = await startWebhooks(database, { webhooks: { delivery: { requestTimeoutMs: 150 } } });
    const held: ServerResponse[] = [];
    receiver.answer = (response, call) =>
      receiver.calls.length === 1 ? held.push(response) : OK(response, call);
    await run(receiver.url());
    await delivered();
    expect(receiver.calls.length).toBeGreaterThan(1);
    expect(held).toHaveLength(1);
  });

  it('does not wait for an answer that never ends', async () => {
    const flood = 'x'.repeat(65_536);
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(flood));
      };
      response.on('drain', more);
      more();
    };
    await run(receiver.url());
    await delivered();
  });

  it('is given up after its time', async () => {
    await server.stop();
    server = await startWebhooks(database, { webhooks: { delivery: { giveUpAfterMs: 1_500 } } });
    receiver.answer = (response) => response.writeHead(503).end();
    await run(receiver.url());
    await failed();
    const [{ attempts }] = await server.deliveries();
    expect(attempts).toBeGreaterThan(1);
    expect(receiver.calls).toHaveLength(attempts);
  });

  it('leaves a record of what failed for as long as it is to be kept', async () => {
    await server.stop();
    server = await startWebhooks(database, { webhooks: { delivery: { keepFailedMs: 300, lookMs: 50 } } });
    receiver.answer = (response) => response.writeHead(410).end();
    await run(receiver.url());
    await failed();
    await delivered();
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect: %i is a failure (abuse case 60)',
    async (status) => {
      const elsewhere = await Receiver.listen();
      receiver.answer = (response) =>
        response.writeHead(status, { location: elsewhere.url('/private') }).end();
      await run(receiver.url());
      await failed();
      expect((await server.deliveries())[0]).toMatchObject({ last_error: `answered ${status}` });
      expect(elsewhere.connections).toBe(0);
      await elsewhere.close();
    },
  );

  it('never delays a run, nor what goes to other receivers, however slow one receiver is', async () => {
    await server.stop();
    const patient = { requestTimeoutMs: 60_000, leaseMs: 120_000 };
    server = await startWebhooks(database, { webhooks: { delivery: patient } });
    const held: ServerResponse[] = [];
    receiver.answer = (response) => held.push(response);
    for (let n = 0; n < 8; n++) await run(receiver.url());
    const quick = await Receiver.listen();
    await run(quick.url());
    await until('the quick one is called', () => quick.calls.length === 1);
    // As many calls as one origin gets at a time, and not one of them answered: every run has ended all the same.
    expect(held.length).toBe(4);
    receiver.answer = OK;
    for (const response of held) response.writeHead(204).end();
    await delivered();
    expect(receiver.calls).toHaveLength(8);
    await quick.close();
  });

  it('begun when the server stops is made again by the next one', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response) => held.push(response);
    await run(receiver.url());
    await until('it has begun', () => held.length === 1);
    await server.stop();
    receiver.answer = OK;
    server = await startWebhooks(database);
    await delivered();
    const [first, second] = receiver.calls.map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
  });

  it('is nothing to pay for without one: there is no row', async () => {
    await server.alice('POST', '/runs/wait', { assistant_id: 'steps', input: {} });
    expect(await server.deliveries()).toEqual([]);
  });
});
