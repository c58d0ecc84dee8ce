import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { AddressResolver, type ResolvedAddress } from '../../src/webhooks/target/address.resolver.js';
import { Receiver } from './support/receiver.js';
import { startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

/** What each name stands for, one answer after the other; the last one stays. */
const answers = new Map<string, string[][]>();
const asked: string[] = [];

class ScriptedResolver extends AddressResolver {
  override async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    asked.push(hostname);
    const left = answers.get(hostname) ?? [[]];
    const addresses = (left.length > 1 ? left.shift() : left[0]) ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}

/** In the range of public addresses, but given to nobody: to connect to it reaches no one. */
const NOBODY = '3000::1';

describe.each(databases)('the addresses behind the name of a webhook on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: WebhooksApplication;
  let receiver: Receiver;

  beforeEach(async () => {
    answers.clear();
    asked.length = 0;
    database = await create();
    receiver = await Receiver.listen();
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
    await database.drop();
  });

  const start = async (allowPrivate: boolean) => {
    server = await startWebhooks(database, {
      environment: { NODE_ENV: 'production', WEBHOOK_ALLOW_PRIVATE: String(allowPrivate) },
      webhooks: { resolver: ScriptedResolver, delivery: { requestTimeoutMs: 500 } },
    });
  };
  const run = async (hostname: string) => {
    const webhook = `http://${hostname}:${receiver.port}/`;
    const answer = await server.alice('POST', '/runs/wait', { assistant_id: 'steps', input: {}, webhook });
    expect(answer.status).toBe(200);
  };
  const refused = async () => {
    await until('it failed for good', async () =>
      (await server.deliveries()).some(({ status }) => status === 'failed'),
    );
    expect((await server.deliveries())[0].last_error).toBe('its target is not allowed');
    expect(receiver.connections).toBe(0);
  };

  it.each([
    ['is loopback', ['127.0.0.1']],
    ['is IPv6 loopback', ['::1']],
    ['is IPv4 mapped into IPv6', ['::ffff:127.0.0.1']],
    ['is metadata', ['169.254.169.254']],
    ['is NAT64 of loopback', ['64:ff9b::7f00:1']],
    ['are a public and a private one', [NOBODY, '127.0.0.1']],
    ['are a private and a public one', ['127.0.0.1', NOBODY]],
    ['are none', []],
    ['is none', ['not an address']],
  ])('are judged when it is called: refused where it %s (abuse case 60)', async (_what, addresses) => {
    answers.set('hooks.example', [addresses]);
    await start(false);
    await run('hooks.example');
    await refused();
  });

  it('are asked for once, and nothing else is connected to: a second answer comes too late (abuse case 60, DNS rebinding)', async () => {
    answers.set('rebinding.example', [[NOBODY], ['127.0.0.1']]);
    await start(false);
    await run('rebinding.example');
    await until('the first attempt failed', async () => (await server.deliveries())[0].last_error !== null);
    expect(asked.length).toBeGreaterThan(0);
    await refused();
    // One answer for each attempt: the one that was judged is the one that was connected to.
    expect(asked).toHaveLength((await server.deliveries())[0].attempts);
  });

  it('are those of the resolver and of nobody else', async () => {
    answers.set('only-here.example', [['127.0.0.1'], [NOBODY]]);
    await start(true);
    await run('only-here.example');
    await until('it is called', () => receiver.calls.length === 1);
    expect(receiver.calls[0].headers.host).toBe(`only-here.example:${receiver.port}`);
    expect(asked).toEqual(['only-here.example']);
  });
});
