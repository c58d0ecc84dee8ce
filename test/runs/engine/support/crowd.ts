import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import type { EngineHarness } from './engine.harness.js';

/** How long each of the three steps takes. */
const STEP_MS = 40;
const STEPS = ['one', 'two', 'three'] as const;

const Log = Annotation.Root({
  name: Annotation<string>,
  log: Annotation<string[]>({ reducer: (before, added) => before.concat(added), default: () => [] }),
});

function step(which: string) {
  return async ({ name }: typeof Log.State, { signal }: LangGraphRunnableConfig) => {
    await sleep(STEP_MS, undefined, { signal });
    return { log: [`${name} ${which}`] };
  };
}

/** Three steps that take a moment each, and leave their names. */
export const crowdGraphs = {
  crowd: new StateGraph(Log)
    .addNode('one', step('one'))
    .addNode('two', step('two'))
    .addNode('three', step('three'))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .addEdge('two', 'three')
    .compile(),
};

/** Queues runs, two on each thread. Their names are those of the thread with a number. */
export async function enqueueCrowd(server: EngineHarness, count: number): Promise<void> {
  for (let thread = 0; thread < count / 2; thread++) {
    const threadId = await server.createThread();
    for (const name of namesOn(threadId))
      await server.enqueue(threadId, {
        graph_id: 'crowd',
        resumable: true,
        kwargs: { input: { name }, stream_mode: ['updates'] },
      });
  }
}

function namesOn(threadId: string): string[] {
  return [`${threadId} first`, `${threadId} second`];
}

/** What the state of a thread says when both of its runs have done each step once, in their order. */
export function fullLog(threadId: string): string[] {
  return namesOn(threadId).flatMap((name) => STEPS.map((which) => `${name} ${which}`));
}
