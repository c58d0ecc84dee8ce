import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { copyThreads } from '../../examples/move/copy-threads.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

interface Conversation {
  readonly messages: readonly { readonly content: string }[];
}

describe.each(databases)('copying the threads of a user, on $dialect', ({ create }) => {
  let database: TestDatabase;
  let old: TestApplication;
  let current: TestApplication;

  beforeAll(async () => {
    database = await create();
    old = await startApplication();
    current = await startApplication({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await old.stop();
    await current.stop();
    await database.drop();
  });

  const clientOf = async (server: TestApplication, identity: string) =>
    new Client({
      apiUrl: server.url,
      apiKey: null,
      defaultHeaders: { authorization: `Bearer ${await server.token(identity)}` },
    });
  const say = (client: Client, thread: string, content: string) =>
    client.runs.wait(thread, 'agent', { input: { messages: [{ role: 'user', content }] } });
  const textsOf = (values: unknown) => (values as Conversation).messages.map(({ content }) => content);

  it('lets every conversation go on where it was, with its owner alone', async () => {
    const [from, to] = [await clientOf(old, 'alice'), await clientOf(current, 'alice')];
    const { thread_id } = await from.threads.create({ metadata: { topic: 'travel' } });
    await say(from, thread_id, 'one');
    const empty = await from.threads.create();

    expect(await copyThreads(from, to)).toBe(2);
    expect(await copyThreads(from, to)).toBe(2);

    expect((await to.threads.search()).map(({ thread_id: id }) => id).sort()).toEqual(
      [thread_id, empty.thread_id].sort(),
    );
    expect(await to.threads.get(thread_id)).toMatchObject({ metadata: { owner: 'alice', topic: 'travel' } });
    expect(textsOf(await say(to, thread_id, 'two'))).toEqual(['one', 'echo: one', 'two', 'echo: two']);
    await expect((await clientOf(current, 'bob')).threads.get(thread_id)).rejects.toMatchObject({
      status: 404,
    });
  });
});
