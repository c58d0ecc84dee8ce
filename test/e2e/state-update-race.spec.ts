import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphFactoryRuntime } from '../../src/graphs/graph.js';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

/** A door that the test holds: who comes to it is told of, and waits. */
class Door {
  private arrive: () => void = () => undefined;
  private open: () => void = () => undefined;
  readonly arrival = new Promise<void>((resolve) => (this.arrive = resolve));
  private readonly opening = new Promise<void>((resolve) => (this.open = resolve));

  pass(): Promise<void> {
    this.arrive();
    return this.opening;
  }

  unlock(): void {
    this.open();
  }
}

describe.each(databases)('a state update while something else happens on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let update: Door;
  let run: Door;

  const State = Annotation.Root({
    steps: Annotation<string[]>({ reducer: (steps, more) => [...steps, ...more], default: () => [] }),
  });
  const steps = new StateGraph(State)
    .addNode('one', async () => {
      await run.pass();
      return { steps: ['run'] };
    })
    .addEdge(START, 'one')
    .addEdge('one', END)
    .compile();

  /** Its state is changed only when the test lets it. */
  const graph = async (_: unknown, { accessContext }: GraphFactoryRuntime) => {
    if (accessContext === 'threads.update') await update.pass();
    return steps;
  };

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url, graphs: { graph } });
    alice = await application.as('alice');
  });

  beforeEach(() => {
    update = new Door();
    run = new Door();
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  async function threadOfGraph(): Promise<string> {
    const { body } = await alice('POST', '/threads', { metadata: { graph_id: 'graph' } });
    return (body as { thread_id: string }).thread_id;
  }

  const change = (id: string): Promise<Answer> =>
    alice('POST', `/threads/${id}/state`, { values: { steps: ['update'] }, as_node: 'one' });

  const stepsOf = async (id: string): Promise<unknown> => {
    const { body } = await alice('GET', `/threads/${id}/state`);
    return (body as { values: { steps?: string[] } }).values.steps;
  };

  it('is refused, and leaves nothing, when a run has begun since it looked', async () => {
    const id = await threadOfGraph();
    const updating = change(id);
    await update.arrival;
    const running = alice('POST', `/threads/${id}/runs/wait`, { assistant_id: 'graph', input: {} });
    await run.arrival;
    update.unlock();
    expect(await updating).toMatchObject({ status: 409, body: { detail: 'Thread is busy' } });
    run.unlock();
    expect(await running).toMatchObject({ status: 200, body: { steps: ['run'] } });
    expect(await stepsOf(id)).toEqual(['run']);
  });

  it('comes after a run that began and ended since it looked', async () => {
    const id = await threadOfGraph();
    const updating = change(id);
    await update.arrival;
    run.unlock();
    await alice('POST', `/threads/${id}/runs/wait`, { assistant_id: 'graph', input: {} });
    update.unlock();
    expect((await updating).status).toBe(200);
    expect(await stepsOf(id)).toEqual(['run', 'update']);
  });

  it('comes after a change of metadata, and loses none of it (abuse case 69)', async () => {
    const id = await threadOfGraph();
    const updating = change(id);
    await update.arrival;
    await alice('PATCH', `/threads/${id}`, { metadata: { topic: 'races' } });
    update.unlock();
    expect((await updating).status).toBe(200);
    const { body } = await alice('GET', `/threads/${id}`);
    expect(body).toMatchObject({ metadata: { topic: 'races' }, values: { steps: ['update'] } });
  });

  it('applies each of several at once, one after the other', async () => {
    const id = await threadOfGraph();
    update.unlock();
    const answers = await Promise.all([change(id), change(id), change(id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await stepsOf(id)).toEqual(['update', 'update', 'update']);
  });
});
