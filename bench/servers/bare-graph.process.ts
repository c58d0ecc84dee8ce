import { DataSource } from 'typeorm';
import { createAgentGraph } from '../../src/graphs/agent/agent.graph.js';
import { RunCheckpointer } from '../../src/graphs/checkpointer/run.checkpointer.js';
import { withPersistence } from '../../src/graphs/graph.copy.js';
import { AuthorizationContext, scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import { createServer } from '../../src/server.js';
import { ECHO_INPUT } from '../load/echo.request.js';
import type { BareGraphAnswer, BareGraphOrder } from './bare.graph.js';

/**
 * The compiled graph alone, with the checkpointer that the server gives a run, on the same database: what every server that runs
 * graphs in process starts from. Takes orders from its parent and answers with the time that each run took.
 */
const app = await createServer();
await app.init();
const dataSource = app.get(DataSource);
const graph = createAgentGraph();

process.on('message', (order: BareGraphOrder) => {
  void work(order).then((answer) => process.send?.(answer));
});
process.send?.('up');

async function work({ threads, concurrency, seconds }: BareGraphOrder): Promise<BareGraphAnswer> {
  const end = performance.now() + seconds * 1_000;
  const tookMs: number[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      const { id, owner } = threads[next++ % threads.length];
      const start = performance.now();
      await run(id, owner);
      tookMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return { tookMs };
}

/** As its owner, as the server would. */
async function run(threadId: string, owner: string): Promise<void> {
  const principal = { identity: owner, display_name: owner, is_authenticated: true, permissions: [] };
  const scope = scopeOf(principal, 'threads', parseDecision({ owner }));
  await AuthorizationContext.run(scope, async () => {
    const checkpointer = new RunCheckpointer(dataSource, { waits: false });
    const options = { configurable: { thread_id: threadId }, streamMode: ['values'], durability: 'async' };
    const stream = await withPersistence(graph, { checkpointer }).stream(ECHO_INPUT, options as never);
    for await (const _ of stream);
    await checkpointer.settled();
    await checkpointer.close();
  });
}
