import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const Memory = Annotation.Root({
  namespace: Annotation<string[]>,
  remember: Annotation<string | undefined>,
  remembered: Annotation<string[]>,
});

/** Puts what it is to remember into the store, and says all that it remembers in that namespace. */
export const memoryGraph = new StateGraph(Memory)
  .addNode('recall', async ({ namespace, remember }, { store }: LangGraphRunnableConfig) => {
    if (!store) throw new Error('there is no store');
    if (remember !== undefined) await store.put(namespace, remember, { text: remember });
    const items = await store.search(namespace);
    return { remembered: items.map(({ key }) => key).sort() };
  })
  .addEdge(START, 'recall')
  .compile();
