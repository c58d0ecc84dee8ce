import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { OK, Receiver } from './support/receiver.js';
import { startWebhooks } from './support/webhooks.application.js';

const FIXTURE = fileURLToPath(new URL('./support/webhooks.fixture.ts', import.meta.url));
const LOADER = fileURLToPath(new URL('../runs/engine/support/typescript.loader.mjs', import.meta.url));

describe.each(databases)('a server on $dialect that is killed after the end of a run', ({ create }) => {
  let database: TestDatabase;
  let receiver: Receiver;

  beforeEach(async () => {
    database = await create();
    receiver = await Receiver.listen();
  });
  afterEach(async () => {
    await receiver.close();
    await database.drop();
  });

  it.each([
    ['before it calls', 0],
    ['while it calls', 8],
  ])(
    '%s leaves the call to the next one',
    async (_when, concurrency) => {
      const held: ServerResponse[] = [];
      receiver.answer = (response) => held.push(response);
      const parameters = [database.url, receiver.url('/hook'), String(concurrency)];
      const child = spawn(process.execPath, ['--import', LOADER, FIXTURE, ...parameters], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      expect(said).toBe('ended 200\n');
      if (concurrency > 0) await until('the call has begun', () => held.length === 1);
      child.kill('SIGKILL');
      expect(await exited).toEqual([null, 'SIGKILL']);

      expect(receiver.calls).toHaveLength(held.length);
      receiver.answer = OK;
      const next = await startWebhooks(database);
      await until('it is delivered', async () => (await next.deliveries()).length === 0);
      await next.stop();
      expect(receiver.calls).toHaveLength(concurrency > 0 ? 2 : 1);
      expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(receiver.calls.at(-1)?.body).toMatchObject({ status: 'success' });
    },
    60_000,
  );
});

const several = databases.filter(({ dialect }) => dialect === 'postgres');

describe.each(several)('several servers on one $dialect', ({ create }) => {
  it('share the calls and make each once', async () => {
    const RUNS = 60;
    const database = await create();
    const receiver = await Receiver.listen();
    const start = (concurrency: number) =>
      startWebhooks(database, {
        webhooks: { delivery: { concurrency, concurrencyPerOrigin: 3, lookMs: 30, leaseMs: 20_000 } },
      });
    // One only runs graphs, so that the others find the same calls at the same time.
    const running = await start(0);
    for (let n = 0; n < RUNS; n++) {
      const body = { assistant_id: 'steps', input: {}, webhook: receiver.url(`/${n}`) };
      expect((await running.alice('POST', '/runs/wait', body)).status).toBe(200);
    }
    const calling = await Promise.all([start(8), start(8), start(8)]);
    await until('all is delivered', async () => (await running.deliveries()).length === 0);
    await Promise.all([running, ...calling].map((server) => server.stop()));
    expect(receiver.calls).toHaveLength(RUNS);
    expect(new Set(receiver.calls.map(({ path }) => path)).size).toBe(RUNS);
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(RUNS);
    await receiver.close();
    await database.drop();
  }, 60_000);
});
