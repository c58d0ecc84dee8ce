import { AIMessage } from '@langchain/core/messages';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { TokenModel } from './token.model.js';

const model = new TokenModel({ reply: (messages) => new AIMessage(`You said ${messages.at(-1)?.text}`) });

/** Answers in tokens: "You ", "said ", and what was said. */
export const chatGraph = new StateGraph(MessagesAnnotation)
  .addNode('answer', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, 'answer')
  .compile();
