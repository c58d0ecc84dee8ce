import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

/** Reports its progress as custom events. */
export const customGraph = new StateGraph(Annotation.Root({ goal: Annotation<number> }))
  .addNode('count', ({ goal }, config: LangGraphRunnableConfig) => {
    for (let count = 1; count <= goal; count += 1) config.writer?.({ count });
    return { goal };
  })
  .addEdge(START, 'count')
  .compile();
