import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ForbiddenException, Injectable } from '@nestjs/common';
import {
  END,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import { OwnerPolicy } from '../../src/policies/owner.policy.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

/** What a run asks of the store: a JSON list of a method and its arguments. Answers what came of it, or why not. */
async function useStore({ messages }: typeof MessagesAnnotation.State, { store }: LangGraphRunnableConfig) {
  const [method, ...args] = JSON.parse(messages.at(-1)!.text) as [string, ...unknown[]];
  const call = Reflect.get(store!, method) as (...args: unknown[]) => Promise<unknown>;
  const result = await call
    .apply(store, args)
    .catch((error: unknown) => ({ refused: (error as Error).message }));
  return { messages: [{ role: 'assistant', content: JSON.stringify(result ?? null) }] };
}

const graph = new StateGraph(MessagesAnnotation)
  .addNode('use', useStore)
  .addEdge(START, 'use')
  .addEdge('use', END)
  .compile();

/** Puts everybody below their own name, unseen by the graph. */
@Injectable()
class RewritingPolicy {
  @OnAuth(['threads:create_run'])
  run() {
    return true;
  }
  @OnAuth('assistants')
  assistants() {
    return true;
  }
  @OnAuth('store')
  rewrite({ user, value }: HandlerArgument<'store'>) {
    value.namespace = [user.identity, ...(value.namespace ?? [])];
  }
}

/** Lets everybody find only what they have put, wherever it is. */
@Injectable()
class FilteringPolicy {
  @OnAuth(['threads:create_run'])
  run() {
    return true;
  }
  @OnAuth('assistants')
  assistants() {
    return true;
  }
  @OnAuth('store')
  filter({ user }: HandlerArgument<'store'>) {
    return { by: user.identity };
  }
  @OnAuth('store', 'delete')
  keep() {
    throw new ForbiddenException('nothing is deleted here');
  }
}

describe.each(databases)('the store inside graphs on $dialect', ({ create }) => {
  const started: { application: TestApplication; database: TestDatabase }[] = [];

  async function start(policy: new () => object) {
    const database = await create();
    const application = await startApplication({
      databaseUrl: database.url,
      graphs: { store: graph },
      policies: [policy],
    });
    started.push({ application, database });
    return async (identity: string, ...call: unknown[]): Promise<unknown> => {
      const input = { messages: [{ role: 'user', content: JSON.stringify(call) }] };
      const who = await application.as(identity);
      const answer = await who('POST', '/runs/wait', { assistant_id: 'store', input });
      const { messages } = answer.body as { messages: { content: string }[] };
      return JSON.parse(messages.at(-1)!.content) as unknown;
    };
  }

  afterAll(async () => {
    for (const { application, database } of started) {
      await application.stop();
      await database.drop();
    }
  });

  describe('with the default policy', () => {
    let use: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      use = await start(OwnerPolicy);
      await use('alice', 'put', ['alice', 'notes'], 'a', { text: 'of alice' });
      await use('bob', 'put', ['bob', 'notes'], 'b', { text: 'of bob' });
    });

    it('remembers over runs and threads', async () => {
      expect(await use('alice', 'get', ['alice', 'notes'], 'a')).toMatchObject({
        value: { text: 'of alice' },
      });
    });

    it.each([
      ['get', ['alice', 'notes'], 'a'],
      ['put', ['alice', 'notes'], 'a', { text: 'hacked' }],
      ['delete', ['alice', 'notes'], 'a'],
      ['search', ['alice']],
      ['search', ['alice', 'notes']],
    ])("refuses %s in somebody else's namespace", async (...call) => {
      expect(await use('bob', ...call)).toEqual({ refused: 'Not authorized' });
      expect(await use('alice', 'get', ['alice', 'notes'], 'a')).toMatchObject({
        value: { text: 'of alice' },
      });
    });

    it('searches everywhere among what is the own', async () => {
      const found = (await use('bob', 'search', [])) as { key: string }[];
      expect(found.map(({ key }) => key)).toEqual(['b']);
    });

    it.each([[['bob2']], [['%']], [['bo']], [['alice', 'bob']]])(
      'does not take %p for the own namespace',
      async (namespace) => {
        expect(await use('bob', 'search', namespace)).toEqual({ refused: 'Not authorized' });
      },
    );
  });

  it('works under the namespace that a handler rewrites', async () => {
    const use = await start(RewritingPolicy);
    await use('alice', 'put', ['notes'], 'a', { text: 'of alice' });
    expect(await use('alice', 'get', ['notes'], 'a')).toMatchObject({ value: { text: 'of alice' } });
    expect(await use('bob', 'get', ['notes'], 'a')).toBeNull();
    expect(await use('bob', 'search', ['notes'])).toEqual([]);
  });

  it('shows only what matches the filter that a handler returns', async () => {
    const use = await start(FilteringPolicy);
    await use('alice', 'put', ['shared'], 'a', { by: 'alice' });
    expect(await use('alice', 'get', ['shared'], 'a')).toMatchObject({ value: { by: 'alice' } });
    expect(await use('bob', 'get', ['shared'], 'a')).toBeNull();
    expect(await use('bob', 'put', ['shared'], 'a', { by: 'bob' })).toHaveProperty('refused');
    expect(await use('bob', 'put', ['shared'], 'b', { by: 'alice' })).toHaveProperty('refused');
    expect(await use('alice', 'delete', ['shared'], 'a')).toEqual({ refused: 'nothing is deleted here' });
    expect(await use('alice', 'get', ['shared'], 'a')).toMatchObject({ value: { by: 'alice' } });
  });
});
