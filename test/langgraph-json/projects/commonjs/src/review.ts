import { AIMessage } from '@langchain/core/messages';
import { interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/**
 * In a CommonJS package, so its LangGraph and its messages are other classes than those of the server: asks a person, then
 * answers.
 */
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('review', ({ messages }) => {
    const verdict: string = interrupt(`${process.env.REVIEWER}, is this right?`);
    return { messages: [new AIMessage(`${messages.at(-1)?.text}: ${verdict}`)] };
  })
  .addEdge(START, 'review')
  .compile();
