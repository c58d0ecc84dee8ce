import type { Client } from '@langchain/langgraph-sdk';
import { expectEqual, type Steps } from './steps.js';

/** A policy that closes assistants altogether while everybody keeps their own threads. */
export async function scopedHandlers(steps: Steps, alice: Client, bob: Client): Promise<void> {
  await steps.refused('creating an assistant is denied', 403, () =>
    alice.assistants.create({ graphId: 'agent' }),
  );
  await steps.refused('searching assistants is denied', 403, () => alice.assistants.search());
  const thread = await steps.step('Alice still creates a thread', () => alice.threads.create());
  await steps.step('and reads it', async () => {
    expectEqual((await alice.threads.get(thread.thread_id)).thread_id, thread.thread_id);
  });
  await steps.refused('Bob gets 404 on it', 404, () => bob.threads.get(thread.thread_id));
  await steps.refused('what no handler answers for is denied', 403, () =>
    alice.threads.delete(thread.thread_id),
  );
}
