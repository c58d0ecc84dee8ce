import { AIMessage } from '@langchain/core/messages';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

interface Config {
  readonly configurable?: { readonly tone?: string };
}

/** A graph for each run, by its config. */
export default async function build({ configurable }: Config) {
  const { members } = await import('./members.js');
  return new StateGraph(MessagesAnnotation)
    .addNode('answer', () => ({
      messages: [new AIMessage(`${configurable?.tone ?? 'plain'} ${members.size}`)],
    }))
    .addEdge(START, 'answer')
    .compile();
}
