import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from '@langchain/langgraph';
import { RemoteGraph } from '@langchain/langgraph/remote';
import { databases, type TestDatabase } from '../../support/databases.js';
import { startRuns, type RunsApplication } from './runs.application.js';

describe.each(databases)('RemoteGraph against this server on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let headers: Record<string, string>;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database);
    headers = { authorization: `Bearer ${await server.token('alice')}` };
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const graph = (graphId: string) => new RemoteGraph({ graphId, url: server.url, headers });
  const onThread = async () => ({ configurable: { thread_id: await server.newThread(server.alice) } });

  it('is invoked', async () => {
    const result: unknown = await graph('chat').invoke({ messages: [{ role: 'human', content: 'hello' }] });
    expect(result).toMatchObject({ messages: [{ content: 'hello' }, { content: 'You said hello' }] });
  });

  it('streams', async () => {
    const chunks: unknown[] = [];
    for await (const chunk of await graph('steps').stream({}, { streamMode: 'updates' })) chunks.push(chunk);
    expect(chunks).toEqual([
      { one: { steps: ['one'] } },
      { two: { steps: ['two'] } },
      { three: { steps: ['three'] } },
    ]);
  });

  it('is interrupted and resumed, and shows its state', async () => {
    const config = await onThread();
    const review = graph('review');
    await expect(review.invoke({ text: 'poem' }, config)).rejects.toThrow('Publish draft of poem?');
    // It throws as soon as it hears of the interrupt; the run then comes to its end.
    const path = `/threads/${config.configurable.thread_id}/runs`;
    const [run] = (await server.alice('GET', path)).body as { run_id: string }[];
    await server.alice('GET', `${path}/${run.run_id}/join`);
    expect(await review.getState(config)).toMatchObject({
      next: ['review'],
      tasks: [{ interrupts: [{ value: { question: 'Publish draft of poem?' } }] }],
    });
    const done: unknown = await review.invoke(new Command({ resume: 'yes' }), config);
    expect(done).toMatchObject({ text: 'draft of poem: yes' });
  });

  it('fails as the graph fails', async () => {
    await expect(graph('failing').invoke({ messages: [] })).rejects.toThrow('There is no coffee left');
  });
});
