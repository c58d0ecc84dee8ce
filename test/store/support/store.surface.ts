import {
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import type { Answer, TestApplication } from '../../support/application.js';

/** What came of a request, or why it was refused. */
export type Outcome = { readonly result: unknown } | { readonly refused: string };

export interface SearchWish {
  readonly filter?: Record<string, unknown>;
  readonly query?: string;
  readonly limit?: number;
  readonly offset?: number;
}
export interface ListWish {
  readonly prefix?: string[];
  readonly suffix?: string[];
  readonly maxDepth?: number;
  readonly limit?: number;
  readonly offset?: number;
}

/** The store in somebody's hands. */
export interface StoreInHand {
  readonly put: (namespace: string[], key: string, value: object) => Promise<Outcome>;
  readonly get: (namespace: string[], key: string) => Promise<Outcome>;
  readonly delete: (namespace: string[], key: string) => Promise<Outcome>;
  readonly search: (namespace: string[], wish?: SearchWish) => Promise<Outcome>;
  readonly list: (wish?: ListWish) => Promise<Outcome>;
}

/** A way to the store. */
export interface StoreSurface {
  readonly surface: string;
  readonly open: (application: TestApplication, identity: string) => Promise<StoreInHand>;
}

/** What a run asks of the store: a JSON list of a method and its arguments. Answers what came of it, or why not. */
async function useStore({ messages }: typeof MessagesAnnotation.State, { store }: LangGraphRunnableConfig) {
  const [method, ...args] = JSON.parse(messages.at(-1)!.text) as [string, ...unknown[]];
  // What LangGraph.js hands to a node gathers calls, but not this one, which its own types promise; the store behind it has it.
  const receiver = method === 'listNamespaces' ? (Reflect.get(store!, 'store') as typeof store) : store;
  const call = Reflect.get(receiver!, method) as (...args: unknown[]) => Promise<unknown>;
  const outcome: Outcome = await call
    .apply(receiver, args)
    .then((result) => ({ result: result ?? null }))
    .catch((error: unknown) => ({ refused: (error as Error).message }));
  return { messages: [{ role: 'assistant', content: JSON.stringify(outcome) }] };
}

/** The graph that an application needs for the store to be used inside a run. */
export const storeGraphs = {
  store: new StateGraph(MessagesAnnotation)
    .addNode('use', useStore)
    .addEdge(START, 'use')
    .addEdge('use', END)
    .compile(),
};

/** Both ways, for `describe.each`: a policy holds on either. */
export const surfaces: readonly StoreSurface[] = [
  { surface: 'over HTTP', open: overHttp },
  { surface: 'inside a graph', open: insideGraph },
];

async function overHttp(application: TestApplication, identity: string): Promise<StoreInHand> {
  const call = await application.as(identity);
  return {
    put: async (namespace, key, value) =>
      outcomeOf(await call('PUT', '/store/items', { namespace, key, value }), () => null),
    get: async (namespace, key) => {
      const query = new URLSearchParams({ namespace: JSON.stringify(namespace), key });
      return outcomeOf(await call('GET', `/store/items?${query.toString()}`), (body) => body);
    },
    delete: async (namespace, key) =>
      outcomeOf(await call('DELETE', '/store/items', { namespace, key }), () => null),
    search: async (namespace_prefix, wish) => {
      const answer = await call('POST', '/store/items/search', { namespace_prefix, ...wish });
      return outcomeOf(answer, (body) => (body as { items: unknown }).items);
    },
    list: async ({ maxDepth: max_depth, ...wish } = {}) => {
      const answer = await call('POST', '/store/namespaces', { max_depth, ...wish });
      return outcomeOf(answer, (body) => (body as { namespaces: unknown }).namespaces);
    },
  };
}

function outcomeOf({ status, body }: Answer, result: (body: unknown) => unknown): Outcome {
  if (status >= 500) throw new Error(`the server failed: ${status}`);
  if (status >= 400) return { refused: (body as { detail: string }).detail };
  return { result: result(body) };
}

async function insideGraph(application: TestApplication, identity: string): Promise<StoreInHand> {
  const call = await application.as(identity);
  const use = async (...request: unknown[]): Promise<Outcome> => {
    const input = { messages: [{ role: 'user', content: JSON.stringify(request) }] };
    const { body } = await call('POST', '/runs/wait', { assistant_id: 'store', input });
    const { messages } = body as { messages: { content: string }[] };
    return JSON.parse(messages.at(-1)!.content) as Outcome;
  };
  return {
    put: (...item) => use('put', ...item),
    get: (...address) => use('get', ...address),
    delete: (...address) => use('delete', ...address),
    search: (...search) => use('search', ...search),
    list: (...wish) => use('listNamespaces', ...wish),
  };
}

/** The keys of the items that were found. */
export function keysIn(outcome: Outcome): string[] {
  if ('refused' in outcome) throw new Error(`it was refused: ${outcome.refused}`);
  return (outcome.result as { key: string }[]).map(({ key }) => key);
}
