import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const State = Annotation.Root({ seen: Annotation<unknown> });
const Context = Annotation.Root({ tone: Annotation<string> });

/** Says what it was given besides its input: the context, and whose run it is. */
export const contextGraph = new StateGraph(State, Context)
  .addNode('look', (_state, { context, configurable = {} }: LangGraphRunnableConfig) => ({
    seen: { context, user: configurable.langgraph_auth_user_id, model: configurable.model },
  }))
  .addEdge(START, 'look')
  .compile();
