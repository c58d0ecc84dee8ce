import { setTimeout as sleep } from 'node:timers/promises';
import type { EchoServer } from './echo.server.js';

/** The ways to an echo: through the server, and in process with either form of the checkpointer. */
export const WAYS = ['wait', 'gathering', 'plain'] as const;
export type Way = (typeof WAYS)[number];

/** One round: how long each way took, in milliseconds. */
export type Sample = Readonly<Record<Way, number>>;

const WARM_UP_ROUNDS = 40;
/** What the server does after its answer shall not be part of what is measured next. */
const PAUSE_MS = 5;

/** As many rounds as there is time for. In each, every way goes once, and another one first each time. */
export async function measure(server: EchoServer, durationMs: number): Promise<readonly Sample[]> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await takeRound(server, round);
  const samples: Sample[] = [];
  const end = performance.now() + durationMs;
  while (performance.now() < end) samples.push(await takeRound(server, samples.length));
  return samples;
}

async function takeRound(server: EchoServer, round: number): Promise<Sample> {
  const sample = { wait: 0, gathering: 0, plain: 0 };
  for (const [index] of WAYS.entries()) {
    const way = WAYS[(index + round) % WAYS.length];
    const threadId = await server.newThread();
    await sleep(PAUSE_MS);
    const start = performance.now();
    await go(server, way, threadId);
    sample[way] = performance.now() - start;
    await sleep(PAUSE_MS);
  }
  return sample;
}

function go(server: EchoServer, way: Way, threadId: string): Promise<void> {
  switch (way) {
    case 'wait':
      return server.wait(threadId);
    case 'gathering':
      return server.invokeGathering(threadId);
    case 'plain':
      return server.invokePlain(threadId);
  }
}
