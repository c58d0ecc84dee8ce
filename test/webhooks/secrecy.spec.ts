import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AuthorizationContext, scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import { parsePrincipal, ScopeMissingError } from '../../src/on-auth/index.js';
import { WebhookDelivery } from '../../src/webhooks/webhook-delivery.entity.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf } from '../runs/api/runs.application.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { freePort, Receiver } from './support/receiver.js';
import { SECRET, startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

describe.each(databases)('what a webhook keeps to itself on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: WebhooksApplication;
  let receiver: Receiver;

  beforeAll(async () => {
    database = await create();
    receiver = await Receiver.listen();
    server = await startWebhooks(database);
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
    await database.drop();
  });

  it('is the principal, every secret, and what the run was configured with (abuse cases 19, 30 and 61)', async () => {
    const claims = { permissions: ['canary:permission'], email: 'canary@claims.test', name: 'canary name' };
    const carol = await server.as('carol', claims);
    const assistant = objectOf(
      await carol('POST', '/assistants', {
        graph_id: 'steps',
        config: { configurable: { api_key: 'canary of the assistant' } },
        context: { token: 'canary of its context' },
      }),
    );
    const thread = objectOf(await carol('POST', '/threads', {}));
    await carol('POST', `/threads/${String(thread.thread_id)}/runs/wait`, {
      assistant_id: assistant.assistant_id,
      input: { said: 'this is told' },
      config: {
        tags: ['told'],
        recursion_limit: 7,
        configurable: {
          password: 'canary of the run',
          langgraph_auth_user: 'canary of a forger',
          langgraph_auth_permissions: ['canary of a forger'],
          user_id: 'canary of a forger',
        },
        metadata: { langgraph_auth_user_id: 'canary of a forger', note: 'canary of the config' },
      },
      metadata: { langgraph_auth_user: 'canary of metadata' },
      context: { secret: 'canary of the context' },
      webhook: receiver.url(),
    });
    await until('it is called', () => receiver.calls.length === 1);
    const [{ text, body, headers }] = receiver.calls;
    expect(text).not.toMatch(/canary|langgraph_auth|permission|user_id/);
    for (const told of [text, JSON.stringify(headers)]) {
      expect(told).not.toContain(SECRET);
      expect(told).not.toContain(SECRET.slice('whsec_'.length));
    }
    expect(headers.authorization).toBeUndefined();
    expect(body.kwargs).toMatchObject({
      input: { said: 'this is told' },
      config: {
        tags: ['told'],
        recursion_limit: 7,
        configurable: {
          run_id: body.run_id,
          thread_id: body.thread_id,
          assistant_id: body.assistant_id,
          graph_id: 'steps',
        },
      },
    });
  });

  it('is signed, each call under an id of its own (abuse case 61)', async () => {
    const { headers } = receiver.calls[0];
    expect(headers['webhook-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['webhook-timestamp']).toMatch(/^\d{10}$/);
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  describe('in its table', () => {
    const reading = (identity: string): Promise<WebhookDelivery[]> => {
      const principal = parsePrincipal(identity);
      if (!principal) throw new Error(`"${identity}" is no identity`);
      const scope = scopeOf(principal, 'threads', parseDecision({ owner: identity }));
      const { manager } = server.app.get(DataSource);
      return AuthorizationContext.run(scope, () => manager.find(WebhookDelivery));
    };
    let threadId: string;

    beforeAll(async () => {
      const webhook = `http://127.0.0.1:${await freePort()}/`;
      const run = { assistant_id: 'steps', input: {}, webhook };
      threadId = await server.newThread(server.alice);
      await server.alice('POST', `/threads/${threadId}/runs/wait`, run);
      await server.alice('POST', '/runs/wait', run);
      await until('both are written down', async () => (await server.deliveries()).length === 2);
    });

    it('is read by those who see the thread, and by nobody else', async () => {
      expect((await reading('alice')).map(({ thread_id }) => thread_id)).toEqual([threadId]);
      expect(await reading('bob')).toEqual([]);
    });

    it('is changed and removed by nobody else', async () => {
      const principal = parsePrincipal('bob');
      if (!principal) throw new Error('no principal');
      const { manager } = server.app.get(DataSource);
      const scope = scopeOf(principal, 'threads', parseDecision({ owner: 'bob' }));
      await AuthorizationContext.run(scope, async () => {
        expect((await manager.delete(WebhookDelivery, { thread_id: threadId })).affected).toBe(0);
        expect((await manager.update(WebhookDelivery, { thread_id: threadId }, { url: 'x' })).affected).toBe(
          0,
        );
      });
      expect(await server.deliveries()).toHaveLength(2);
    });

    it('is out of reach where nothing was decided', async () => {
      const { manager } = server.app.get(DataSource);
      await expect(manager.find(WebhookDelivery)).rejects.toThrow(ScopeMissingError);
    });
  });
});
