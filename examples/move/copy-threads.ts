import type { Client } from '@langchain/langgraph-sdk';

const PAGE = 100;

/**
 * Copies the threads of one user to another server, with their ids, metadata and last state. What is there already stays as it is, so a
 * copy that broke off is begun again.
 *
 * @param from on the old server, and `to` on the new one: both with a token of the user whose threads they are
 * @returns how many threads were read
 */
export async function copyThreads(from: Client, to: Client): Promise<number> {
  for (let offset = 0; ; offset += PAGE) {
    const threads = await from.threads.search({
      limit: PAGE,
      offset,
      sortBy: 'created_at',
      sortOrder: 'asc',
    });
    for (const { thread_id, metadata } of threads) {
      const { values } = await from.threads.getState(thread_id);
      const graphId = metadata?.graph_id as string | undefined;
      await to.threads.create({
        threadId: thread_id,
        ifExists: 'do_nothing',
        metadata: metadata ?? {},
        ...(graphId !== undefined && {
          graphId,
          // As if the graph had begun with it, and had nothing left to do.
          supersteps: [
            { updates: [{ values, asNode: '__start__' }] },
            { updates: [{ values: null, asNode: '__end__' }] },
          ],
        }),
      });
    }
    if (threads.length < PAGE) return offset + threads.length;
  }
}
