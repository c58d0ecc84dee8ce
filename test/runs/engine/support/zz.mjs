import { startPostgres } from '../../../support/postgres.server.mjs';
const pg = await startPostgres();
process.env.TEST_POSTGRES_URL = pg.url;
const { databases } = await import('../../../support/databases.ts');
const { EngineHarness, as, newRun } = await import('./engine.harness.ts');
const { Annotation, START, StateGraph } = await import('@langchain/langgraph');
const { GraphExecutor } = await import('../../../../src/graphs/execution/graph.executor.ts');
const { v7 } = await import('uuid');
const echo = new StateGraph(Annotation.Root({ text: Annotation() }))
  .addNode('echo', ({ text }) => ({ text }))
  .addEdge(START, 'echo')
  .compile();
const median = (a) => a.toSorted((x, y) => x - y)[a.length >> 1];
const which = process.argv[2];
for (const { dialect, create } of databases) {
  if (which && which !== dialect) continue;
  const db = await create();
  const s = await EngineHarness.start(db.url, {}, { echo });
  const graphs = s.app.get(GraphExecutor);
  const bare = [],
    wait = [],
    cpuB = [],
    cpuW = [];
  for (let i = 0; i < 1500; i++) {
    const thread = await s.createThread();
    {
      const c = process.cpuUsage();
      const t = performance.now();
      await as('alice', async () => {
        for await (const e of graphs.stream({
          graphId: 'echo',
          input: { text: 'x' },
          streamModes: ['values'],
          subgraphs: false,
          signal: new AbortController().signal,
          attempt: 1,
          config: { configurable: { thread_id: thread, run_id: v7() } },
        }));
      });
      bare.push(performance.now() - t);
      const d = process.cpuUsage(c);
      cpuB.push((d.user + d.system) / 1000);
    }
    const thread2 = await s.createThread();
    {
      const c = process.cpuUsage();
      const t = performance.now();
      const run = newRun(thread2, { graph_id: 'echo', kwargs: { input: { text: 'x' } } }, 'alice');
      const a = new AbortController();
      const f = as('alice', () => s.engine.follow(run.run_id, a.signal));
      await as('alice', () => s.engine.enqueue([run]));
      await f.outcome();
      a.abort();
      wait.push(performance.now() - t);
      const d = process.cpuUsage(c);
      cpuW.push((d.user + d.system) / 1000);
    }
  }
  console.log(
    dialect,
    'bare ms',
    median(bare).toFixed(2),
    'wait ms',
    median(wait).toFixed(2),
    'added',
    (median(wait) - median(bare)).toFixed(2),
    'cpu',
    median(cpuB).toFixed(2),
    median(cpuW).toFixed(2),
  );
  await s.stop();
  await db.drop();
}
await pg.stop();
process.exit(0);
