import { FakeListChatModel } from '@langchain/core/utils/testing';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

export const SPEECH = 'Slowly but surely';
const LETTER_MS = 40;

/** Answers letter by letter, so that somebody can look on, go away and come back. */
export const slowSpeakerGraph = new StateGraph(MessagesAnnotation)
  .addNode('speak', async ({ messages }, { signal }) => {
    const model = new FakeListChatModel({ responses: [SPEECH], sleep: LETTER_MS });
    return { messages: [await model.invoke(messages, { signal })] };
  })
  .addEdge(START, 'speak')
  .compile();
