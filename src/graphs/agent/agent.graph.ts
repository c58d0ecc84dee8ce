import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { loadAgentModel, type AgentModelOptions } from './agent.model.js';

/**
 * The graph `agent` that every server has: a conversation. Without a key it needs nobody and echoes what it is told; with one it
 * talks to a model.
 *
 * @example GraphsModule.forRoot({ agent: createAgentGraph() })
 */
export function createAgentGraph(options: AgentModelOptions = {}): ReturnType<typeof compile> {
  let model: Promise<BaseChatModel | undefined> | undefined;
  return compile(async ({ messages }) => {
    model ??= loadAgentModel(options);
    const answer = (await (await model)?.invoke(messages)) ?? echo(messages);
    return { messages: [answer] };
  });
}

type Conversation = typeof MessagesAnnotation.State;

function compile(reply: (state: Conversation) => Promise<Partial<Conversation>>) {
  return new StateGraph(MessagesAnnotation)
    .addNode('agent', reply)
    .addEdge(START, 'agent')
    .addEdge('agent', END)
    .compile({ name: 'agent' });
}

/** Of a message in parts, its text. */
function echo(messages: readonly BaseMessage[]): AIMessage {
  const heard = messages.findLast((message) => HumanMessage.isInstance(message));
  return new AIMessage(`echo: ${heard?.text ?? ''}`);
}
