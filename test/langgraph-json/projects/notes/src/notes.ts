import process from 'node:process';
import { AIMessage } from '@langchain/core/messages';
import { MessagesAnnotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { members } from './members.js';

const greeting = process.env.NOTES_GREETING ?? 'no environment';

async function answer(state: typeof MessagesAnnotation.State, config: LangGraphRunnableConfig) {
  const user: unknown = config.configurable?.langgraph_auth_user_id ?? 'nobody';
  const noted = state.messages.at(-1)?.text;
  return { messages: [new AIMessage(`${greeting}, ${String(user)} of ${members.size}: noted ${noted}`)] };
}

export const graph = new StateGraph(MessagesAnnotation)
  .addNode('answer', answer)
  .addEdge(START, 'answer')
  .compile();
