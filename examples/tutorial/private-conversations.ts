import type { Client } from '@langchain/langgraph-sdk';
import { expectEqual, type Steps } from './steps.js';

/** Two people on one server: neither ever sees what the other one has. */
export async function privateConversations(steps: Steps, alice: Client, bob: Client): Promise<void> {
  const assistant = await steps.step('Alice creates an assistant', () =>
    alice.assistants.create({ graphId: 'agent', name: "Alice's assistant" }),
  );
  const thread = await steps.step('Alice creates a thread', () => alice.threads.create());
  await steps.step('Alice chats with her assistant', async () => {
    expectEqual(
      await say(alice, thread.thread_id, assistant.assistant_id, 'hello, it is Alice'),
      'echo: hello, it is Alice',
    );
  });
  await steps.step('a second message remembers the first', async () => {
    await say(alice, thread.thread_id, assistant.assistant_id, 'still there?');
    const { values } = await alice.threads.get<{ messages: unknown[] }>(thread.thread_id);
    expectEqual(values.messages.length, 4);
  });
  await steps.refused("Bob gets 404 on Alice's thread", 404, () => bob.threads.get(thread.thread_id));
  await steps.refused("Bob gets 404 on Alice's assistant", 404, () =>
    bob.assistants.get(assistant.assistant_id),
  );
  await steps.refused("Bob cannot chat on Alice's thread", 404, () =>
    say(bob, thread.thread_id, 'agent', 'let me in'),
  );
  await steps.refused("Bob cannot run Alice's assistant", 404, async () => {
    const own = await bob.threads.create();
    await say(bob, own.thread_id, assistant.assistant_id, 'hello').finally(() =>
      bob.threads.delete(own.thread_id),
    );
  });
  const bobs = await steps.step('Bob creates a thread of his own', () => bob.threads.create());
  await steps.step('Bob chats with the built-in assistant', async () => {
    expectEqual(await say(bob, bobs.thread_id, 'agent', 'hello, it is Bob'), 'echo: hello, it is Bob');
  });
  await steps.refused("Alice gets 404 on Bob's thread", 404, () => alice.threads.get(bobs.thread_id));
  await steps.step('Alice lists exactly her one thread', () => expectOnly(alice, thread.thread_id));
  await steps.step('Bob lists exactly his one thread', () => expectOnly(bob, bobs.thread_id));
}

async function expectOnly(client: Client, threadId: string): Promise<void> {
  const threads = await client.threads.search();
  expectEqual(
    threads.map((thread) => thread.thread_id),
    [threadId],
  );
}

/** The text of the last message after saying something. */
async function say(client: Client, threadId: string, assistantId: string, content: string): Promise<unknown> {
  const values = await client.runs.wait(threadId, assistantId, {
    input: { messages: [{ role: 'user', content }] },
  });
  const { messages } = values as { messages: { content: unknown }[] };
  return messages.at(-1)?.content;
}
