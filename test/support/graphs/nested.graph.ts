import { Annotation, interrupt, START, StateGraph } from '@langchain/langgraph';

const Trail = Annotation.Root({
  /** A subgraph returns all of its state, so what the parent knows already is not added again. */
  trail: Annotation<string[]>({
    reducer: (before, added) => [...new Set([...before, ...added])],
    default: () => [],
  }),
  ask: Annotation<boolean>,
});

const grandchild = new StateGraph(Trail)
  .addNode('leaf', ({ ask }) => ({
    trail: [ask ? `leaf ${interrupt<string, string>('Which way?')}` : 'leaf'],
  }))
  .addEdge(START, 'leaf')
  .compile();

const child = new StateGraph(Trail)
  .addNode('branch', () => ({ trail: ['branch'] }))
  .addNode('grandchild', grandchild)
  .addEdge(START, 'branch')
  .addEdge('branch', 'grandchild')
  .compile();

/** A graph in a graph in a graph. The innermost asks a question where the input says `ask`. */
export const nestedGraph = new StateGraph(Trail)
  .addNode('root', () => ({ trail: ['root'] }))
  .addNode('child', child)
  .addEdge(START, 'root')
  .addEdge('root', 'child')
  .compile();
