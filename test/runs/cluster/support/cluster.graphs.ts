import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const Tale = Annotation.Root({
  /** The path of a file: the graph goes on once it is there. */
  gate: Annotation<string>,
  told: Annotation<string[]>({ reducer: (before, added) => before.concat(added), default: () => [] }),
});

async function gateOpens(gate: string, signal: AbortSignal | undefined): Promise<void> {
  while (!existsSync(gate)) await sleep(20, undefined, { signal });
}

/** Says two things, waits for its gate, and says two more. Whoever runs it, in whichever process, can be let go on by a file. */
const taleGraph = new StateGraph(Tale)
  .addNode('begin', (_state, { writer }: LangGraphRunnableConfig) => {
    writer?.('once');
    writer?.('upon a time');
    return { told: ['begin'] };
  })
  .addNode('wait', async ({ gate }, { signal }: LangGraphRunnableConfig) => {
    await gateOpens(gate, signal);
    return { told: ['wait'] };
  })
  .addNode('end', (_state, { writer }: LangGraphRunnableConfig) => {
    writer?.('happily');
    writer?.('ever after');
    return { told: ['end'] };
  })
  .addEdge(START, 'begin')
  .addEdge('begin', 'wait')
  .addEdge('wait', 'end')
  .compile();

const Numbers = Annotation.Root({ gate: Annotation<string>, count: Annotation<number> });

/** Counts, a number every few milliseconds, to the end of its count. */
const countGraph = new StateGraph(Numbers)
  .addNode('say', async ({ gate, count }, { writer, signal }: LangGraphRunnableConfig) => {
    for (let number = 0; number < count; number++) {
      writer?.(number);
      await sleep(5, undefined, { signal });
    }
    await gateOpens(gate, signal);
    return {};
  })
  .addEdge(START, 'say')
  .compile();

export const clusterGraphs = { tale: taleGraph, count: countGraph };
