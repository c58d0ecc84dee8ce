import { Annotation, interrupt, START, StateGraph } from '@langchain/langgraph';

const Review = Annotation.Root({
  text: Annotation<string>,
  verdict: Annotation<string>,
});

/** Writes a draft, asks a human about it, and publishes with the answer. */
export const reviewGraph = new StateGraph(Review)
  .addNode('draft', ({ text }) => ({ text: `draft of ${text}` }))
  .addNode('review', ({ text }) => ({
    verdict: interrupt<{ question: string }, string>({ question: `Publish ${text}?` }),
  }))
  .addNode('publish', ({ text, verdict }) => ({ text: `${text}: ${verdict}` }))
  .addEdge(START, 'draft')
  .addEdge('draft', 'review')
  .addEdge('review', 'publish')
  .compile();
