import { AIMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { z } from 'zod';
import { TokenModel } from './token.model.js';

const weather = tool(({ city }: { city: string }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'Says what the weather is like',
  schema: z.object({ city: z.string() }),
});

const model = new TokenModel({
  reply: (messages) => {
    const last = messages.at(-1);
    if (ToolMessage.isInstance(last)) return new AIMessage(`It is ${last.text}`);
    return new AIMessage({
      content: '',
      tool_calls: [{ id: 'call-1', name: 'weather', args: { city: last?.text } }],
    });
  },
});

/** Asks a tool for the weather in the city that the human names, and passes it on. */
export const toolGraph = new StateGraph(MessagesAnnotation)
  .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addNode('tools', new ToolNode([weather]))
  .addEdge(START, 'model')
  .addConditionalEdges('model', toolsCondition)
  .addEdge('tools', 'model')
  .compile();
