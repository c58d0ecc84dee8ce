import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as CurrentClient } from '@langchain/langgraph-sdk';
import { Client as OlderClient } from 'langgraph-sdk-2';
import { databases, type TestDatabase } from '../../support/databases.js';
import { breakingProxy } from './breaking.proxy.js';
import { startRuns, type RunsApplication } from './runs.application.js';

const lines = [
  { line: 'current SDK', Client: CurrentClient },
  // The same methods under the same names; `cancelMany` came later.
  { line: 'older SDK', Client: OlderClient as unknown as typeof CurrentClient },
] as const;
const combinations = databases.flatMap((database) => lines.map((line) => ({ ...database, ...line })));

const INPUT = { messages: [{ role: 'human', content: 'hello' }] };
const SLOW = { input: { ms: 60_000 } };

describe.each(combinations)('client.runs of the $line on $dialect', ({ create, Client }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let client: CurrentClient;
  let threadId: string;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database);
    const headers = { authorization: `Bearer ${await server.token('alice')}` };
    client = new Client({ apiUrl: server.url, apiKey: null as never, defaultHeaders: headers });
    threadId = (await client.threads.create()).thread_id;
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const collect = async (parts: AsyncIterable<{ event: string; data: unknown; id?: string }>) => {
    const collected: { event: string; data: unknown; id?: string }[] = [];
    for await (const part of parts) collected.push(part);
    return collected;
  };

  it('create, with the ids of the run in onRunCreated', async () => {
    const created: unknown[] = [];
    const run = await client.runs.create(threadId, 'chat', {
      input: INPUT,
      metadata: { k: 1 },
      onRunCreated: (ids) => void created.push(ids),
    });
    expect(run).toMatchObject({ thread_id: threadId, status: 'pending', metadata: { k: 1 } });
    expect(created).toEqual([{ run_id: run.run_id, thread_id: threadId }]);
    expect(await client.runs.join(threadId, run.run_id)).toMatchObject({ messages: { length: 2 } });
  });

  it('wait, on a thread and without one', async () => {
    const { thread_id } = await client.threads.create();
    const expected = { messages: [{ content: 'hello' }, { content: 'You said hello' }] };
    expect(await client.runs.wait(thread_id, 'chat', { input: INPUT })).toMatchObject(expected);
    expect(await client.runs.wait(null, 'chat', { input: INPUT })).toMatchObject(expected);
  });

  it('wait throws what the graph has thrown', async () => {
    const waiting = client.runs.wait(null, 'failing', { input: { messages: [] } });
    await expect(waiting).rejects.toThrow('OutOfCoffeeError: There is no coffee left');
  });

  it('stream, on a thread and without one', async () => {
    const created: unknown[] = [];
    const { thread_id } = await client.threads.create();
    const parts = await collect(
      client.runs.stream(thread_id, 'chat', {
        input: INPUT,
        streamMode: ['values', 'updates'],
        onRunCreated: (ids) => void created.push(ids),
      }),
    );
    expect(parts.map(({ event }) => event)).toEqual(['metadata', 'values', 'updates', 'values']);
    expect(parts.map(({ id }) => id)).toEqual(['0', '1', '2', '3']);
    expect(created).toEqual([{ thread_id, run_id: expect.any(String) }]);
    const stateless = await collect(
      client.runs.stream(null, 'chat', { input: INPUT, streamMode: 'updates' }),
    );
    expect(stateless.map(({ event }) => event)).toEqual(['metadata', 'updates']);
  });

  it('stream, in tokens', async () => {
    const parts = await collect(
      client.runs.stream(null, 'chat', { input: INPUT, streamMode: 'messages-tuple' }),
    );
    const tokens = parts
      .filter(({ event }) => event === 'messages')
      .map(({ data }) => (data as [{ content: string }])[0].content);
    expect(tokens.join('')).toBe('You said hello');
    expect(tokens.length).toBeGreaterThan(1);
  });

  it('joinStream, from the first event and by the id of the run alone', async () => {
    const run = await client.runs.create(threadId, 'chat', { input: INPUT, streamResumable: true });
    await client.runs.join(threadId, run.run_id);
    for (const id of [threadId, null]) {
      const parts = await collect(client.runs.joinStream(id, run.run_id, { lastEventId: '-1' }));
      expect(parts.map(({ event }) => event)).toEqual(['metadata', 'values', 'values']);
    }
  });

  it('list and get', async () => {
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, 'chat', { input: INPUT });
    await client.runs.join(thread_id, run.run_id);
    expect(await client.runs.get(thread_id, run.run_id)).toMatchObject({ status: 'success' });
    expect(await client.runs.list(thread_id, { status: 'success', limit: 5 })).toMatchObject([
      { run_id: run.run_id },
    ]);
    expect(await client.runs.list(thread_id, { select: ['run_id'] } as object)).toEqual([
      { run_id: run.run_id },
    ]);
  });

  it('cancel, waiting and not', async () => {
    const { thread_id } = await client.threads.create();
    const first = await client.runs.create(thread_id, 'slow', SLOW);
    await client.runs.cancel(thread_id, first.run_id, true);
    expect(await client.runs.get(thread_id, first.run_id)).toMatchObject({ status: 'interrupted' });
    const second = await client.runs.create(thread_id, 'slow', SLOW);
    await client.runs.cancel(thread_id, second.run_id, false, 'rollback');
    await client.runs.join(thread_id, second.run_id);
    await expect(client.runs.get(thread_id, second.run_id)).rejects.toThrow('404');
  });

  it('delete', async () => {
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, 'chat', { input: INPUT });
    await client.runs.join(thread_id, run.run_id);
    await client.runs.delete(thread_id, run.run_id);
    await expect(client.runs.get(thread_id, run.run_id)).rejects.toThrow('404');
  });

  it('createBatch', async () => {
    const runs = await client.runs.createBatch([
      { assistantId: 'chat', input: INPUT },
      { assistantId: 'steps', input: {} },
    ]);
    expect(runs).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
  });

  it('resumes what the graph has asked', async () => {
    const { thread_id } = await client.threads.create();
    const paused = await client.runs.wait(thread_id, 'review', { input: { text: 'poem' } });
    expect(paused).toMatchObject({ __interrupt__: [{ value: { question: 'Publish draft of poem?' } }] });
    const done = await client.runs.wait(thread_id, 'review', { command: { resume: 'yes' } });
    expect(done).toMatchObject({ text: 'draft of poem: yes' });
  });

  it('comes back by itself to a stream that broke off, and gets every event once', async () => {
    const { thread_id } = await client.threads.create();
    const broken = await breakingProxy(server.url);
    const headers = { authorization: `Bearer ${await server.token('alice')}` };
    const through = new Client({ apiUrl: broken.url, apiKey: null as never, defaultHeaders: headers });
    const parts = await collect(
      through.runs.stream(thread_id, 'slow', { input: { ms: 50, steps: 6 }, streamResumable: true }),
    );
    await broken.stop();
    const done = parts.flatMap(({ data }) =>
      typeof data === 'object' && data && 'done' in data ? [data.done] : [],
    );
    expect(broken.connections()).toBeGreaterThan(1);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(parts.map(({ id }) => id)).toEqual(parts.map((_, index) => String(index)));
  });
});

describe.each(databases)('client.runs of the current SDK alone on $dialect', ({ create }) => {
  it('cancelMany', async () => {
    const database = await create();
    const server = await startRuns(database);
    const headers = { authorization: `Bearer ${await server.token('alice')}` };
    const client = new CurrentClient({ apiUrl: server.url, apiKey: null as never, defaultHeaders: headers });
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, 'slow', SLOW);
    await client.runs.cancelMany({ threadId: thread_id, runIds: [run.run_id] });
    await client.runs.join(thread_id, run.run_id);
    expect(await client.runs.get(thread_id, run.run_id)).toMatchObject({ status: 'interrupted' });
    await server.stop();
    await database.drop();
  });
});
