import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

export class OutOfCoffeeError extends Error {}

/** Fails in its second step, unless the human says "work". */
export const failingGraph = new StateGraph(MessagesAnnotation)
  .addNode('begin', () => ({ messages: ['begun'] }))
  .addNode('fail', ({ messages }) => {
    if (messages.some(({ text }) => text === 'work')) return { messages: ['worked'] };
    throw new OutOfCoffeeError('There is no coffee left');
  })
  .addEdge(START, 'begin')
  .addEdge('begin', 'fail')
  .compile();
