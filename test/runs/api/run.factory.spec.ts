import { describe, expect, it } from '@jest/globals';
import { Assistant } from '../../../src/assistants/assistant.entity.js';
import type { JsonObject } from '../../../src/http/json.js';
import { parsePrincipal } from '../../../src/on-auth/index.js';
import { createThreadRun } from '../../../src/runs/dto/create-run.dto.js';
import { newRun } from '../../../src/runs/run.factory.js';
import { presentRun } from '../../../src/runs/run.presenter.js';
import { newThread } from '../../../src/threads/thread.factory.js';
import { RUN_ID, THREAD_ID, parsed } from './run.request.js';

const principal = parsePrincipal({ identity: 'alice', api_token: 'secret' })!;
const decision = { kind: 'allow' } as const;

interface Given {
  readonly body?: JsonObject;
  readonly assistant?: Partial<Assistant>;
  readonly threadConfig?: JsonObject;
  readonly isNewThread?: boolean;
}

async function build({ body, assistant, threadConfig, isNewThread = false }: Given) {
  const request = await parsed(createThreadRun, {
    params: { thread_id: THREAD_ID },
    body: { assistant_id: 'agent', ...body },
  });
  const thread = newThread(THREAD_ID, { owner: 'alice', topic: 'thread' });
  Object.assign(thread, { config: threadConfig ?? {} });
  const row: Partial<Assistant> = {
    assistant_id: RUN_ID,
    graph_id: 'agent',
    config: {},
    context: {},
    metadata: {},
    ...assistant,
  };
  const run = newRun({
    request,
    assistant: Object.assign(new Assistant(), row),
    thread,
    isNewThread,
    principal,
    decision,
  });
  return { run, request, thread };
}

interface Config {
  configurable: JsonObject;
  metadata: JsonObject;
  tags?: unknown;
  recursion_limit?: unknown;
}
const configOf = (run: { kwargs: JsonObject }) => run.kwargs.config as Config;

describe('a new run', () => {
  it('is pending and knows who runs it', async () => {
    const { run, request } = await build({});
    expect(run).toMatchObject({
      run_id: request.run_id,
      thread_id: THREAD_ID,
      assistant_id: RUN_ID,
      graph_id: 'agent',
      status: 'pending',
      attempt: 0,
      principal,
      decision,
      temporary: false,
      resumable: false,
    });
    expect(run.run_after).toEqual(run.created_at);
  });

  it('waits for after_seconds', async () => {
    const { run } = await build({ body: { after_seconds: 1.5 } });
    expect(run.run_after.getTime() - run.created_at.getTime()).toBe(1500);
  });

  it('merges config: the run over the thread over the assistant, key by key in configurable', async () => {
    const { run } = await build({
      assistant: {
        config: { tags: ['assistant'], recursion_limit: 5, configurable: { a: 1, b: 1, c: 1 } },
      },
      threadConfig: { recursion_limit: 7, configurable: { b: 2, c: 2 } },
      body: { config: { tags: ['run'], configurable: { c: 3 } } },
    });
    const { tags, recursion_limit, configurable } = configOf(run);
    expect({ tags, recursion_limit }).toEqual({ tags: ['run'], recursion_limit: 7 });
    expect(configurable).toMatchObject({ a: 1, b: 2, c: 3 });
  });

  it('lays the context of the run over the one of the assistant', async () => {
    const { run } = await build({
      assistant: { context: { model: 'a', tone: 'a' } },
      body: { context: { tone: 'b' } },
    });
    expect(run.kwargs.context).toEqual({ model: 'a', tone: 'b' });
  });

  it('tells the graph which run, thread, assistant and user it is for, whoever says otherwise (abuse case 19)', async () => {
    const foreign = {
      thread_id: RUN_ID,
      run_id: 'x',
      user_id: 'bob',
      langgraph_auth_user_id: 'bob',
      checkpoint_id: 'c',
    };
    const { run, request } = await build({
      assistant: { config: { configurable: foreign } },
      threadConfig: { configurable: foreign },
    });
    expect(configOf(run).configurable).toEqual({
      run_id: request.run_id,
      thread_id: THREAD_ID,
      graph_id: 'agent',
      assistant_id: RUN_ID,
      user_id: 'alice',
    });
  });

  it('has the metadata of the assistant, under that of the thread, under its own', async () => {
    const { run } = await build({
      assistant: { metadata: { created_by: 'system', topic: 'assistant', owner: 'bob' } },
      body: { metadata: { k: 'v' } },
    });
    const metadata = {
      created_by: 'system',
      owner: 'alice',
      topic: 'thread',
      graph_id: 'agent',
      assistant_id: RUN_ID,
      k: 'v',
    };
    expect(run.metadata).toEqual(metadata);
    expect(configOf(run).metadata).toEqual(metadata);
  });

  it('brings its thread along when that is new', async () => {
    const { run, thread } = await build({ isNewThread: true, body: { metadata: { owner: 'alice' } } });
    expect(run.thread).toBe(thread);
    expect(run.metadata).toEqual({ owner: 'alice' });
  });

  it('keeps keys like __proto__ as data (abuse case 51)', async () => {
    const configurable = JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject;
    const { run } = await build({
      assistant: { config: JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject },
      body: { config: { configurable } },
    });
    expect(Reflect.get(configOf(run), 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('a run as clients see it', () => {
  it('has the fields of the contract and nothing of the principal', async () => {
    const { run } = await build({ body: { config: { configurable: { mine: 1 } } } });
    const shown = presentRun(run);
    expect(Object.keys(shown)).toEqual([
      'run_id',
      'thread_id',
      'assistant_id',
      'created_at',
      'updated_at',
      'status',
      'metadata',
      'kwargs',
      'multitask_strategy',
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/secret|langgraph_auth/);
    expect(configOf({ kwargs: shown.kwargs as JsonObject }).configurable).toMatchObject({
      mine: 1,
      user_id: 'alice',
    });
  });

  it('gives nothing of a principal away that came to be stored with it', async () => {
    const { run } = await build({});
    Object.assign(configOf(run).configurable, { langgraph_auth_user: principal, langgraph_request_id: 'r' });
    Object.assign(configOf(run).metadata, { langgraph_auth_user_id: 'alice' });
    Object.assign(run.metadata, { langgraph_auth_user_id: 'alice' });
    expect(JSON.stringify(presentRun(run))).not.toMatch(/secret|langgraph_/);
  });

  it('has only the fields that were selected', async () => {
    const { run } = await build({});
    expect(presentRun(run, ['status', 'run_id'])).toEqual({ status: 'pending', run_id: run.run_id });
  });
});
