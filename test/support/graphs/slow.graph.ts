import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const Pace = Annotation.Root({
  /** How long each step takes. */
  ms: Annotation<number>,
  steps: Annotation<number | undefined>,
  done: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
});

/** Takes its time: `steps` steps of `ms` milliseconds, and ends at once when it is told to. */
export const slowGraph = new StateGraph(Pace)
  .addNode('step', async ({ ms, done }, config: LangGraphRunnableConfig) => {
    await sleep(ms, undefined, { signal: config.signal });
    return { done: done + 1 };
  })
  .addEdge(START, 'step')
  .addConditionalEdges('step', ({ done, steps = 1 }) => (done < steps ? 'step' : '__end__'))
  .compile();

/** One step of `ms` milliseconds that does not listen to the signal. */
export const stubbornGraph = new StateGraph(Pace)
  .addNode('step', async ({ ms, done }) => {
    await sleep(ms, undefined, { ref: false });
    return { done: done + 1 };
  })
  .addEdge(START, 'step')
  .compile();
