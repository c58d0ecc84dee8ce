import './support/dom.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, type Message, type ThreadState } from '@langchain/langgraph-sdk';
import { useStream as currentUseStream, type UseStreamOptions } from '@langchain/langgraph-sdk/react';
import { useStream as olderUseStream } from 'langgraph-sdk-2/react';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { dom } from './support/dom.js';
import { Screen } from './support/screen.js';
import { slowSpeakerGraph, SPEECH } from './support/slow-speaker.graph.js';

type Chat = { messages: Message[] } & Record<string, unknown>;
type Options = Partial<UseStreamOptions<Chat>> & { reconnectOnMount?: boolean };
type Hook = ReturnType<typeof currentUseStream<Chat>>;

const lines = [
  { line: 'SDK 1.15.0', useStream: currentUseStream },
  // The same hook, some versions earlier.
  { line: 'SDK 2.0.0', useStream: olderUseStream as unknown as typeof currentUseStream },
];
const combinations = databases.flatMap((database) => lines.map((line) => ({ ...database, ...line })));

const say = (content: string) => ({ messages: [{ type: 'human' as const, content }] });
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** What a chat shows: who said what, and what went wrong. */
const drawChat = ({ messages, error }: Hook): string[] => [
  ...messages.map(({ type, content }) => `${type}: ${textOf(content)}`),
  ...(error === undefined ? [] : [`error: ${error instanceof Error ? error.message : textOf(error)}`]),
];
const isSpeaking = ({ lines: shown }: Screen<Hook>) => shown.at(-1)?.startsWith('ai: S') === true;
/** A thread that the hook does not ask the server for: of a refusal it would make an unhandled rejection. */
const EMPTY = { data: [], error: undefined, isLoading: false, mutate: async () => [] };
const idle = ({ hook }: Screen<Hook>) => !hook.isLoading;

describe.each(combinations)('useStream of $line on $dialect', ({ create, useStream }) => {
  let database: TestDatabase;
  let server: TestApplication;
  let tokens: { readonly alice: string; readonly bob: string };
  const screens: Screen<Hook>[] = [];

  beforeAll(async () => {
    database = await create();
    const graphs = { ...testGraphs, speaker: slowSpeakerGraph };
    server = await startApplication({ databaseUrl: database.url, graphs });
    tokens = { alice: await server.token('alice'), bob: await server.token('bob') };
  });
  afterEach(async () => {
    for (const screen of screens.splice(0)) await screen.close();
    dom.sessionStorage.clear();
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const clientOf = (identity: 'alice' | 'bob', fetcher?: typeof fetch) =>
    new Client({
      apiUrl: server.url,
      apiKey: null,
      defaultHeaders: { authorization: `Bearer ${tokens[identity]}` },
      callerOptions: { maxRetries: 0, ...(fetcher && { fetch: fetcher }) },
    });

  /** @param options what stays the same from one rendering to the next, as the hook asks for */
  const open = async (assistantId: string, options: Options = {}, draw = drawChat): Promise<Screen<Hook>> => {
    const fixed = { assistantId, client: clientOf('alice'), ...options } as UseStreamOptions<Chat>;
    const screen = await Screen.render(() => useStream<Chat>(fixed), draw);
    screens.push(screen);
    return screen;
  };

  const runsOf = (threadId: string) => clientOf('alice').runs.list(threadId);
  const statusOf = async (threadId: string) => (await runsOf(threadId))[0]?.status;

  it('shows what the user says and, as it is spoken, the answer', async () => {
    const screen = await open('speaker');
    await screen.do(({ submit }) => submit(say('hello')));
    expect(screen.hook.isLoading).toBe(true);
    await screen.until(idle);
    expect(screen.lines).toEqual(['human: hello', `ai: ${SPEECH}`]);
    const spoken = screen.shown.map((text) => /^human: hello \/ ai: (.+)$/.exec(text)?.[1] ?? '');
    const growing = [...new Set(spoken.filter((text) => text !== ''))];
    expect(growing.length).toBeGreaterThan(3);
    // Each time some letters more, never others, and no message twice.
    for (const [index, text] of growing.entries())
      expect(text.startsWith(growing[index - 1] ?? '')).toBe(true);
    expect(growing.at(-1)).toBe(SPEECH);
  });

  it('tells the ids of the thread and of the run, and their end', async () => {
    const heard: unknown[] = [];
    const screen = await open('chat', {
      onThreadId: (threadId) => void heard.push(['thread', threadId]),
      onCreated: (run) => void heard.push(['created', run]),
      onFinish: (state: ThreadState<Chat>, run?: unknown) =>
        void heard.push(['finished', state.values.messages.length, run]),
    });
    await screen.do(({ submit }) => submit(say('hello')));
    await screen.until(idle);
    const [[, threadId]] = heard as [[string, string]];
    const [run] = await runsOf(threadId);
    const ids = { thread_id: threadId, run_id: run?.run_id };
    expect(heard).toEqual([
      ['thread', threadId],
      ['created', ids],
      ['finished', 2, ids],
    ]);
    expect(run).toMatchObject({ status: 'success', metadata: { owner: 'alice' } });
  });

  it('goes on with the same thread', async () => {
    const screen = await open('chat');
    for (const text of ['one', 'two']) {
      await screen.do(({ submit }) => submit(say(text)));
      await screen.until(idle);
    }
    expect(screen.lines).toEqual(['human: one', 'ai: You said one', 'human: two', 'ai: You said two']);
  });

  it('shows the conversation of a thread that is there already', async () => {
    const { thread_id: threadId } = await clientOf('alice').threads.create();
    await clientOf('alice').runs.wait(threadId, 'chat', { input: say('hello') });
    const screen = await open('chat', { threadId });
    await screen.until(({ hook }) => !hook.isThreadLoading);
    expect(screen.lines).toEqual(['human: hello', 'ai: You said hello']);
  });

  it('has the history, branches where the past is changed, and switches between the branches', async () => {
    const screen = await open('chat', { fetchStateHistory: true });
    await screen.do(({ submit }) => submit(say('one')));
    await screen.until(({ hook }) => !hook.isLoading && hook.history.length === 3);
    expect(screen.hook.history.map(({ next }) => next)).toEqual([['__start__'], ['answer'], []]);

    const [question] = screen.hook.messages;
    const seen = screen.hook.getMessagesMetadata(question)?.firstSeenState;
    const checkpoint = seen?.parent_checkpoint;
    await screen.do(({ submit }) => submit(say('other'), { checkpoint }));
    await screen.until(
      ({ hook }) =>
        !hook.isLoading && hook.getMessagesMetadata(hook.messages[0])?.branchOptions?.length === 2,
    );
    expect(screen.lines).toEqual(['human: other', 'ai: You said other']);

    const [changed] = screen.hook.messages;
    const { branch, branchOptions = [] } = screen.hook.getMessagesMetadata(changed) ?? {};
    const original = branchOptions.find((option) => option !== branch);
    await screen.do(({ setBranch }) => setBranch(String(original)));
    expect(screen.lines).toEqual(['human: one', 'ai: You said one']);
    await screen.do(({ setBranch }) => setBranch(String(branch)));
    expect(screen.lines).toEqual(['human: other', 'ai: You said other']);
  });

  it('shows a question of the graph, and goes on with the answer', async () => {
    const screen = await open('review', {}, ({ values, interrupt }) => [
      `text: ${textOf(values.text ?? '')}`,
      ...(interrupt ? [JSON.stringify((interrupt as { value: unknown }).value)] : []),
    ]);
    await screen.do(({ submit }) => submit({ text: 'poem' }));
    await screen.until(idle);
    expect(screen.lines).toEqual(['text: draft of poem', '{"question":"Publish draft of poem?"}']);
    await screen.do(({ submit }) => submit(undefined, { command: { resume: 'yes' } }));
    await screen.until(idle);
    expect(screen.lines).toEqual(['text: draft of poem: yes']);
  });

  it('shows the question also to who comes later', async () => {
    const { thread_id: threadId } = await clientOf('alice').threads.create();
    await clientOf('alice').runs.wait(threadId, 'review', { input: { text: 'poem' } });
    const screen = await open('review', { threadId }, ({ interrupt }) => [
      JSON.stringify(interrupt?.value ?? null),
    ]);
    await screen.until(({ hook }) => !hook.isThreadLoading);
    expect(screen.lines).toEqual(['{"question":"Publish draft of poem?"}']);
  });

  it('stops the run when the user does', async () => {
    let threadId = '';
    const screen = await open('speaker', { onThreadId: (id) => void (threadId = id) });
    await screen.do(({ submit }) => submit(say('hello')));
    await screen.until(isSpeaking);
    await screen.do(({ stop }) => stop());
    await screen.until(async () => idle(screen) && (await statusOf(threadId)) === 'interrupted');
    expect(screen.lines.join()).not.toContain(SPEECH);
    expect(screen.hook.error).toBeUndefined();
  });

  it('stops a run that would go on without its reader', async () => {
    let threadId = '';
    const screen = await open('speaker', {
      onThreadId: (id) => void (threadId = id),
      reconnectOnMount: true,
    });
    await screen.do(({ submit }) => submit(say('hello')));
    await screen.until(isSpeaking);
    await screen.do(({ stop }) => stop());
    await screen.until(async () => (await statusOf(threadId)) === 'interrupted');
    expect(dom.sessionStorage).toHaveLength(0);
  });

  it('comes back in the middle of a run, and shows all of it once', async () => {
    let threadId = '';
    const tab = closableFetch();
    const first = await open('speaker', {
      client: clientOf('alice', tab.fetch),
      onThreadId: (id) => void (threadId = id),
      reconnectOnMount: true,
    });
    await first.do(({ submit }) => submit(say('hello')));
    await first.until(isSpeaking);
    tab.close();
    await first.close();
    expect(await runsOf(threadId)).toMatchObject([{ status: 'running' }]);

    const second = await open('speaker', { threadId, reconnectOnMount: true });
    await second.until(({ lines: shown }) => shown.length === 2);
    expect(second.hook.isLoading).toBe(true);
    await second.until(idle);
    expect(second.lines).toEqual(['human: hello', `ai: ${SPEECH}`]);
    expect(await runsOf(threadId)).toMatchObject([{ status: 'success' }]);
    expect(dom.sessionStorage).toHaveLength(0);
  });

  it('comes back when the run has ended without its reader, and shows all of it once', async () => {
    let threadId = '';
    const tab = closableFetch();
    const first = await open('speaker', {
      client: clientOf('alice', tab.fetch),
      onThreadId: (id) => void (threadId = id),
      reconnectOnMount: true,
    });
    await first.do(({ submit }) => submit(say('hello')));
    await first.until(isSpeaking);
    tab.close();
    await first.until(async () => (await statusOf(threadId)) === 'success');
    await first.close();

    const second = await open('speaker', { threadId, reconnectOnMount: true });
    await second.until((screen) => idle(screen) && dom.sessionStorage.length === 0);
    expect(second.lines).toEqual(['human: hello', `ai: ${SPEECH}`]);
  });

  it('shows the error of a run', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const errors: unknown[] = [];
    const screen = await open('failing', { onError: (error) => void errors.push(error) });
    await screen.do(({ submit }) => submit({ messages: [] }));
    await screen.until(idle);
    expect(screen.lines).toEqual(['human: begun', 'error: There is no coffee left']);
    expect(errors).toMatchObject([{ name: 'OutOfCoffeeError', message: 'There is no coffee left' }]);
  });

  it('shows the error also to who comes later', async () => {
    const { thread_id: threadId } = await clientOf('alice').threads.create();
    await clientOf('alice').runs.wait(threadId, 'failing', { input: { messages: [] }, raiseError: false });
    const screen = await open('failing', { threadId });
    await screen.until(({ hook }) => !hook.isThreadLoading);
    expect(screen.lines).toEqual(['human: begun', 'error: There is no coffee left']);
  });

  it('shows that there is no such assistant', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const screen = await open('nope');
    await screen.do(({ submit }) => submit(say('hello')));
    await screen.until(idle);
    expect(screen.lines.at(-1)).toContain('error: HTTP 404: {"detail":"No assistant found for \\"nope\\".');
  });

  it("does not go on with somebody else's thread, and says so", async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const { thread_id: threadId } = await clientOf('alice').threads.create();
    await clientOf('alice').runs.wait(threadId, 'chat', { input: say('secret') });
    const screen = await open('chat', { threadId, client: clientOf('bob'), thread: EMPTY });
    await screen.do(({ submit }) => submit(say('mine')));
    await screen.until(idle);
    expect(screen.lines).toEqual([`error: HTTP 404: {"detail":"Thread with ID ${threadId} not found"}`]);
    expect(await runsOf(threadId)).toHaveLength(1);
  });
});

/** The network of a browser tab: once it is closed, its connections are, and nothing comes back. */
function closableFetch(): { fetch: typeof fetch; close: () => void } {
  const closing = new AbortController();
  return {
    close: () => closing.abort(),
    fetch: (input, init) => {
      if (closing.signal.aborted) return new Promise(() => {});
      const signals = [closing.signal, ...(init?.signal ? [init.signal] : [])];
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
  };
}
