import { Annotation, START, StateGraph } from '@langchain/langgraph';

const Steps = Annotation.Root({
  steps: Annotation<string[]>({ reducer: (before, added) => before.concat(added), default: () => [] }),
});

/** Three steps, one after the other. Each leaves its name. */
export const stepsGraph = new StateGraph(Steps)
  .addNode('one', () => ({ steps: ['one'] }))
  .addNode('two', () => ({ steps: ['two'] }))
  .addNode('three', () => ({ steps: ['three'] }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', 'three')
  .compile();
