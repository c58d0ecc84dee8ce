import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../support/application.js';
import type { Ids } from './ids.js';
import { made200, ownWorldOf, textOf } from './own.world.js';

/** In everything that Alice makes; no answer to anybody else may have it. */
export const SECRET = 'alice keeps this to herself';

/** How long the run takes that is running all the while. */
const FOREVER_MS = 3_600_000;
const message = { messages: [{ role: 'user', content: SECRET }] };

/** A run for each state that a run can have, on a thread of its own each: how it is begun, and the state that it gets to. */
const RUNS: readonly { readonly graph: string; readonly run: object; readonly status: string }[] = [
  { graph: 'chat', run: { input: message, stream_resumable: true }, status: 'success' },
  { graph: 'failing', run: { input: message, stream_resumable: true }, status: 'error' },
  { graph: 'review', run: { input: { text: SECRET } }, status: 'success' },
  {
    graph: 'memory',
    run: { input: { namespace: ['alice', 'notes'], remember: 'alice key' } },
    status: 'success',
  },
  { graph: 'chat', run: { input: message, after_seconds: 900 }, status: 'pending' },
  { graph: 'slow', run: { input: { ms: FOREVER_MS }, stream_resumable: true }, status: 'running' },
];

/**
 * Makes a world that goes deep: assistants with versions, threads that wait in a subgraph, and runs in every state, with their
 * checkpoints, events and items of the store, and crons.
 *
 * @returns the ids of its parts, those that belong together side by side
 */
export async function makeAliceWorld(ask: Caller): Promise<readonly Ids[]> {
  const own = ownWorldOf(ask, SECRET);
  const settled = await own.settled();
  const run_id = await cancelledRun(ask, settled.thread_id);
  const { assistant_id } = await own.withNewAssistant();
  const others: Ids[] = [];
  for (const kind of RUNS) others.push({ ...settled, ...(await makeRun(ask, kind)) });
  return [settled, { ...settled, run_id, assistant_id }, ...others];
}

async function makeRun(
  ask: Caller,
  { graph, run, status }: (typeof RUNS)[number],
): Promise<Pick<Ids, 'thread_id' | 'run_id'>> {
  const metadata = { metadata: { secret: SECRET } };
  const thread_id = textOf(await made200(ask('POST', '/threads', metadata)), 'thread_id');
  const runs = `/threads/${thread_id}/runs`;
  const run_id = textOf(
    await made200(ask('POST', runs, { assistant_id: graph, ...run, ...metadata })),
    'run_id',
  );
  await until(async () => textOf(await made200(ask('GET', `${runs}/${run_id}`)), 'status') === status);
  const state = () => made200(ask('GET', `/threads/${thread_id}/state`)) as Promise<State>;
  // What a run writes before its first step is written when that step has begun.
  if (status === 'running') await until(async () => (await state()).next.length > 0);
  const checkpoint_id = (await state()).checkpoint?.checkpoint_id;
  return { thread_id, run_id, ...(checkpoint_id && { checkpoint_id }) };
}

interface State {
  readonly next: readonly string[];
  readonly checkpoint?: { readonly checkpoint_id: string };
}

/** A run that was interrupted before it began. */
async function cancelledRun(ask: Caller, thread_id: string): Promise<string> {
  const run = { assistant_id: 'nested', input: { trail: [SECRET] }, after_seconds: 900 };
  const run_id = textOf(await made200(ask('POST', `/threads/${thread_id}/runs`, run)), 'run_id');
  await made200(ask('POST', `/threads/${thread_id}/runs/${run_id}/cancel?wait=1`));
  return run_id;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await isSo()) return;
    await sleep(25);
  }
  throw new Error('Alice’s world did not come to what it was to be');
}

/** All that the API says of it, as its owner reads it. */
export async function readBack(ask: Caller, world: readonly Ids[]): Promise<readonly unknown[]> {
  const paths = new Set(world.flatMap(pathsOf));
  const answers: unknown[] = [];
  for (const path of paths) answers.push([path, await made200(ask('GET', path))]);
  const lists = ['/threads/search', '/assistants/search', '/runs/crons/search'];
  for (const path of lists) answers.push([path, await made200(ask('POST', path, { limit: 1000 }))]);
  const items = await made200(
    ask('POST', '/store/items/search', { namespace_prefix: ['alice'], limit: 1000 }),
  );
  answers.push(['/store/items/search', items]);
  for (const id of new Set(world.map(({ assistant_id }) => assistant_id)))
    answers.push([id, await made200(ask('POST', `/assistants/${id}/versions`, {}))]);
  return answers;
}

function pathsOf({ thread_id, run_id, assistant_id, cron_id }: Ids): readonly string[] {
  const thread = `/threads/${thread_id}`;
  return [
    `${thread}?include=ttl`,
    `${thread}/state?subgraphs=true`,
    `${thread}/history?limit=100`,
    `${thread}/runs?limit=100`,
    `${thread}/runs/${run_id}`,
    `/assistants/${assistant_id}`,
    `/runs/crons/${cron_id}`,
  ];
}
