import { AIMessage } from '@langchain/core/messages';
import { MessagesDeltaValue, START, StateGraph, StateSchema } from '@langchain/langgraph';

/** An echo whose messages are kept as what each step added, and not as a whole. */
export const deltaGraph = new StateGraph(new StateSchema({ messages: MessagesDeltaValue }))
  .addNode('echo', ({ messages }) => ({ messages: [new AIMessage(`echo: ${messages.at(-1)?.text ?? ''}`)] }))
  .addEdge(START, 'echo')
  .compile();
