import { AIMessage } from '@langchain/core/messages';
import {
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';

/** Stands for the call of a model: answers in the words of the environment, to the user whom auth.ts has named. */
const callModel = ({ messages }: typeof MessagesAnnotation.State, config: LangGraphRunnableConfig) => {
  const user = config.configurable?.langgraph_auth_user_id as string;
  const turn = messages.filter(({ type }) => type === 'human').length;
  const answer = `${process.env.AGENT_GREETING}, ${user}. Turn ${turn}: ${messages.at(-1)?.text}`;
  return { messages: [new AIMessage(answer)] };
};

export const graph = new StateGraph(MessagesAnnotation)
  .addNode('agent', callModel)
  .addEdge(START, 'agent')
  .addEdge('agent', END)
  .compile();
