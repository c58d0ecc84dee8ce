import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** The echo that the service serves without a key for a model. */
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('agent', async ({ messages }) => {
    const heard = messages.findLast((message) => HumanMessage.isInstance(message));
    return { messages: [new AIMessage(`echo: ${heard?.text ?? ''}`)] };
  })
  .addEdge(START, 'agent')
  .addEdge('agent', END)
  .compile({ name: 'agent' });
