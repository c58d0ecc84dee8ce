import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { gates } from '../runs/engine/support/engine.graphs.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { objectOf } from '../runs/api/runs.application.js';
import { Receiver, type Call } from './support/receiver.js';
import { startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

describe.each(databases)('a webhook on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: WebhooksApplication;
  let receiver: Receiver;

  beforeAll(async () => {
    database = await create();
    server = await startWebhooks(database);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });
  beforeEach(async () => {
    receiver = await Receiver.listen();
  });
  afterEach(() => receiver.close());

  const run = async (path: string, body: object) =>
    objectOf(
      await server.alice('POST', path, {
        assistant_id: 'steps',
        input: {},
        webhook: receiver.url(),
        ...body,
      }),
    );
  const called = async (): Promise<Call> => {
    await until('the receiver is called', () => receiver.calls.length > 0);
    return receiver.calls[0];
  };

  it('tells of a run on a thread: its fields, its times and the values of its last checkpoint', async () => {
    const threadId = await server.newThread(server.alice);
    const created = await run(`/threads/${threadId}/runs`, { metadata: { colour: 'blue' } });
    const { body, headers } = await called();
    const shown = objectOf(await server.alice('GET', `/threads/${threadId}/runs/${String(created.run_id)}`));
    const { values } = objectOf(await server.alice('GET', `/threads/${threadId}`));
    expect(headers['content-type']).toBe('application/json');
    expect(body).toEqual({
      ...shown,
      kwargs: expect.objectContaining({ input: {}, webhook: receiver.url() }),
      status: 'success',
      run_started_at: expect.any(String),
      run_ended_at: shown.updated_at,
      webhook_sent_at: expect.any(String),
      values,
      error: null,
    });
    expect(body).toMatchObject({ metadata: { colour: 'blue' }, thread_id: threadId });
    const times = [body.created_at, body.run_started_at, body.run_ended_at, body.webhook_sent_at].map(String);
    expect(times.toSorted()).toEqual(times);
  });

  it('tells of a stateless run, whose thread is gone, without values', async () => {
    await run('/runs', {});
    const { body } = await called();
    expect(body).toMatchObject({ status: 'success', error: null });
    expect(body).not.toHaveProperty('values');
  });

  it.each([
    ['/runs/wait', {}],
    ['/runs/stream', {}],
  ])('follows a run of %s as well', async (path, body) => {
    await server.alice('POST', path, { assistant_id: 'steps', input: {}, webhook: receiver.url(), ...body });
    expect((await called()).body.status).toBe('success');
  });

  it('follows each run of a batch', async () => {
    const batch = [1, 2, 3].map((n) => ({
      assistant_id: 'steps',
      input: {},
      webhook: receiver.url(`/${n}`),
    }));
    await server.alice('POST', '/runs/batch', batch);
    await until('all are called', () => receiver.calls.length === 3);
    expect(receiver.calls.map(({ path }) => path).toSorted()).toEqual(['/1', '/2', '/3']);
  });

  it('tells the class and message of the error of a run that failed', async () => {
    const threadId = await server.newThread(server.alice);
    await run(`/threads/${threadId}/runs`, { assistant_id: 'failing' });
    const { body } = await called();
    expect(body).toMatchObject({
      status: 'error',
      error: { error: expect.any(String), message: expect.any(String) },
    });
  });

  it('tells of a run that took too long', async () => {
    const own = await create();
    const other = await startWebhooks(own, {
      environment: { WEBHOOK_ALLOW_PRIVATE: 'true', RUN_TIMEOUT_S: '1' },
    });
    try {
      const body = { assistant_id: 'gated', input: { name: 'never' }, webhook: receiver.url() };
      await other.alice('POST', '/runs', body);
      expect((await called()).body).toMatchObject({ status: 'timeout', error: { error: 'TimeoutError' } });
    } finally {
      await other.stop();
      await own.drop();
    }
  });

  it('tells of a run that was cancelled while it ran, and of one that never began', async () => {
    const threadId = await server.newThread(server.alice);
    const name = `cancel ${threadId}`;
    const running = await run(`/threads/${threadId}/runs`, { assistant_id: 'gated', input: { name } });
    await until('the run is at its gate', () => gates.entered.includes(name));
    const pending = await run(`/threads/${threadId}/runs`, { webhook: receiver.url('/pending') });
    await server.alice('POST', `/threads/${threadId}/runs/${String(pending.run_id)}/cancel`);
    await until('the pending one is told', () => receiver.at('/pending').length === 1);
    await server.alice('POST', `/threads/${threadId}/runs/${String(running.run_id)}/cancel`);
    await until('the running one is told', () => receiver.at('/').length === 1);
    expect(receiver.at('/pending')[0].body).toMatchObject({
      run_id: pending.run_id,
      status: 'interrupted',
      run_started_at: null,
      run_ended_at: expect.any(String),
      error: null,
    });
    expect(receiver.at('/')[0].body).toMatchObject({
      run_id: running.run_id,
      status: 'interrupted',
      values: { log: [`${name} came`] },
    });
  });

  it('tells of runs that make way for another, but not of those that are rolled back', async () => {
    const threadId = await server.newThread(server.alice);
    const name = `way ${threadId}`;
    await run(`/threads/${threadId}/runs`, {
      assistant_id: 'gated',
      input: { name },
      webhook: receiver.url('/1'),
    });
    await until('the run is at its gate', () => gates.entered.includes(name));
    await run(`/threads/${threadId}/runs`, { webhook: receiver.url('/2') });
    await run(`/threads/${threadId}/runs`, { webhook: receiver.url('/3'), multitask_strategy: 'interrupt' });
    await until('all are told', () => receiver.calls.length === 3);
    const statuses = receiver.calls.map(({ path, body }) => `${path} ${String(body.status)}`);
    expect(statuses.toSorted()).toEqual(['/1 interrupted', '/2 interrupted', '/3 success']);

    const again = `rolled back ${threadId}`;
    await run(`/threads/${threadId}/runs`, {
      assistant_id: 'gated',
      input: { name: again },
      webhook: receiver.url('/4'),
    });
    await until('the run is at its gate', () => gates.entered.includes(again));
    await run(`/threads/${threadId}/runs`, { webhook: receiver.url('/5') });
    await run(`/threads/${threadId}/runs`, { webhook: receiver.url('/6'), multitask_strategy: 'rollback' });
    await until('the last one is told', () => receiver.at('/6').length === 1);
    await until('nothing is left to deliver', async () => (await server.deliveries()).length === 0);
    expect([...receiver.at('/4'), ...receiver.at('/5')]).toEqual([]);
  });

  it('tells of the runs of a thread that is deleted', async () => {
    const threadId = await server.newThread(server.alice);
    const name = `deleted ${threadId}`;
    await run(`/threads/${threadId}/runs`, { assistant_id: 'gated', input: { name } });
    await until('the run is at its gate', () => gates.entered.includes(name));
    expect((await server.alice('DELETE', `/threads/${threadId}`)).status).toBe(204);
    expect((await called()).body).toMatchObject({ status: 'interrupted', thread_id: threadId });
  });

  it('leaves nothing behind', async () => {
    await until('nothing is left to deliver', async () => (await server.deliveries()).length === 0);
  });
});
