import { v7 as uuid } from 'uuid';
import type { Answer, Caller } from '../../support/application.js';
import type { Ids } from './ids.js';

/** What somebody has of their own, made when it is asked for. */
export interface OwnWorld {
  /** A thread that waits in a subgraph, a run that has ended, an assistant with two versions. Made once: not to be changed. */
  readonly settled: () => Promise<Ids>;
  /** The same, on a new thread that has a past and no run. */
  readonly onNewThread: () => Promise<Ids>;
  /** The same, with a run on the new thread that begins much later. */
  readonly withPendingRun: () => Promise<Ids>;
  readonly withNewAssistant: () => Promise<Ids>;
  /** The same, on a new thread that waits in a subgraph. */
  readonly onWaitingThread: () => Promise<Ids>;
  /** The same, with an item of the store that may be changed. */
  readonly withNewItem: () => Promise<Ids>;
  /** The same, with a cron that may be changed. */
  readonly withNewCron: () => Promise<Ids>;
  /** The same, with ids that nothing has yet. */
  readonly withUnbornThread: () => Promise<Ids>;
  readonly withUnbornAssistant: () => Promise<Ids>;
}

/** @param secret is put into everything that is made */
export function ownWorldOf(ask: Caller, secret: string): OwnWorld {
  let made: Promise<Ids> | undefined;
  const settled = () => (made ??= makeSettled(ask, secret));
  const onNewThread = async () => ({ ...(await settled()), ...(await makeThread(ask, secret)) });
  return {
    settled,
    onNewThread,
    withPendingRun: async () => {
      const ids = await onNewThread();
      const run = { assistant_id: 'nested', input: { trail: [secret] }, after_seconds: 900 };
      return {
        ...ids,
        run_id: textOf(await made200(ask('POST', `/threads/${ids.thread_id}/runs`, run)), 'run_id'),
      };
    },
    withNewAssistant: async () => ({ ...(await settled()), assistant_id: await makeAssistant(ask, secret) }),
    onWaitingThread: async () => ({ ...(await settled()), ...(await makeWaitingThread(ask, secret)) }),
    // In a namespace of its own: what is put there is not found by others.
    withNewItem: async () => ({ ...(await settled()), ...(await makeItem(ask, secret, uuid())) }),
    withNewCron: async () => ({
      ...(await settled()),
      cron_id: await makeCron(ask, secret, await settled()),
    }),
    withUnbornThread: async () => ({ ...(await settled()), thread_id: uuid() }),
    withUnbornAssistant: async () => ({ ...(await settled()), assistant_id: uuid() }),
  };
}

async function makeSettled(ask: Caller, secret: string): Promise<Ids> {
  const thread = await makeWaitingThread(ask, secret);
  const assistant_id = await makeAssistant(ask, secret);
  const runs = (await made200(ask('GET', `/threads/${thread.thread_id}/runs`))) as { run_id: string }[];
  return {
    ...thread,
    run_id: runs[0].run_id,
    assistant_id,
    cron_id: await makeCron(ask, secret, { ...thread, assistant_id }),
    ...(await makeItem(ask, secret, 'notes')),
  };
}

type Waiting = Pick<Ids, 'thread_id' | 'checkpoint_id' | 'checkpoint_ns' | 'interrupt_id'>;

async function makeWaitingThread(ask: Caller, secret: string): Promise<Waiting> {
  const thread_id = textOf(await made200(ask('POST', '/threads', { metadata: { secret } })), 'thread_id');
  const run = { assistant_id: 'nested', input: { trail: [secret], ask: true }, stream_resumable: true };
  await made200(ask('POST', `/threads/${thread_id}/runs/wait`, run));
  return { thread_id, ...(await waitingPlace(ask, thread_id)) };
}

/** Where a thread of the graph in a graph in a graph waits for an answer. */
async function waitingPlace(ask: Caller, thread_id: string): Promise<Omit<Waiting, 'thread_id'>> {
  const state = (await made200(ask('GET', `/threads/${thread_id}/state?subgraphs=true`))) as {
    checkpoint: { checkpoint_id: string };
    tasks: { interrupts: { id: string }[]; state?: { checkpoint: { checkpoint_ns: string } } }[];
  };
  const [task] = state.tasks;
  return {
    checkpoint_id: state.checkpoint.checkpoint_id,
    checkpoint_ns: task.state!.checkpoint.checkpoint_ns,
    interrupt_id: task.interrupts[0].id,
  };
}

async function makeThread(ask: Caller, secret: string): Promise<Pick<Ids, 'thread_id' | 'checkpoint_id'>> {
  const thread_id = textOf(
    await made200(
      ask('POST', '/threads', {
        metadata: { graph_id: 'nested', secret },
        supersteps: [{ updates: [{ values: { trail: [secret] }, as_node: 'root' }] }],
      }),
    ),
    'thread_id',
  );
  const state = await made200(ask('GET', `/threads/${thread_id}/state`));
  const { checkpoint } = state as { checkpoint: { checkpoint_id: string } };
  return { thread_id, checkpoint_id: checkpoint.checkpoint_id };
}

async function makeAssistant(ask: Caller, secret: string): Promise<string> {
  const assistant = { graph_id: 'nested', name: secret, metadata: { secret }, context: { secret } };
  const id = textOf(await made200(ask('POST', '/assistants', assistant)), 'assistant_id');
  await made200(ask('PATCH', `/assistants/${id}`, { description: secret }));
  return id;
}

/** A yearly cron on the thread, so that it does not fire meanwhile. */
async function makeCron(
  ask: Caller,
  secret: string,
  { thread_id, assistant_id }: Pick<Ids, 'thread_id' | 'assistant_id'>,
): Promise<string> {
  const cron = { assistant_id, schedule: '0 0 1 1 *', input: { trail: [secret] }, metadata: { secret } };
  return textOf(await made200(ask('POST', `/threads/${thread_id}/runs/crons`, cron)), 'cron_id');
}

/** Secrets begin with the name of who keeps them, and so do namespaces and keys. */
async function makeItem(ask: Caller, secret: string, label: string): Promise<Pick<Ids, 'namespace' | 'key'>> {
  const [name] = secret.split(' ');
  const item = { namespace: [name, label], key: `${name} key` };
  await made200(ask('PUT', '/store/items', { ...item, value: { secret } }));
  return item;
}

/** The body of an answer that has to be a success. */
export async function made200(asked: Promise<Answer>): Promise<unknown> {
  const { status, text, body } = await asked;
  if (status < 200 || status > 299) throw new Error(`answered ${status}: ${text}`);
  return body;
}

export function textOf(body: unknown, name: string): string {
  const text: unknown = Reflect.get(body as object, name);
  if (typeof text !== 'string') throw new Error(`no ${name} in ${JSON.stringify(body)}`);
  return text;
}
