import { Annotation, START, StateGraph } from '@langchain/langgraph';

export const graph = new StateGraph(Annotation.Root({ n: Annotation() }))
  .addNode('add', ({ n }) => ({ n: n + 1 }))
  .addEdge(START, 'add')
  .compile();
