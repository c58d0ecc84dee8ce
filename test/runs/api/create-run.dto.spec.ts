import { UnprocessableEntityException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { assistantIdOf } from '../../../src/graphs/assistant.id.js';
import { parsePrincipal } from '../../../src/on-auth/index.js';
import { createRun, createThreadRun } from '../../../src/runs/dto/create-run.dto.js';
import { MAX_BATCH_SIZE, createRunBatch } from '../../../src/runs/dto/run-batch.dto.js';
import { RUN_ID, THREAD_ID, parsed } from './run.request.js';

const alice = parsePrincipal({ identity: 'alice', permissions: ['p'], org: 'acme' })!;
const parse = (body: object) =>
  parsed(createThreadRun, {
    params: { thread_id: THREAD_ID },
    body: { assistant_id: 'agent', ...body },
  });
const parseStateless = (body: object) => parsed(createRun, { body: { assistant_id: 'agent', ...body } });

describe('the body that creates a run', () => {
  it('needs nothing but an assistant', async () => {
    const request = await parse({});
    expect(request).toMatchObject({
      thread_id: THREAD_ID,
      assistant_id: 'agent',
      input: null,
      metadata: {},
      streamModes: ['values'],
      stream_subgraphs: false,
      stream_resumable: false,
      multitask_strategy: 'enqueue',
      if_not_exists: 'reject',
      after_seconds: 0,
      on_completion: 'delete',
      cancelsOnDisconnect: false,
    });
  });

  it.each<[string, unknown]>([
    ['assistant_id', null],
    ['assistant_id', ''],
    ['assistant_id', 5],
    ['assistant_id', { $ne: 1 }],
    ['command', 'resume'],
    ['command', { goto: 5 }],
    ['command', { goto: [{ input: 1 }] }],
    ['command', { update: 'x' }],
    ['command', { update: [['a']] }],
    ['config', []],
    ['config', { tags: 'a' }],
    ['config', { recursion_limit: 0 }],
    ['config', { recursion_limit: 1.5 }],
    ['config', { recursion_limit: '5' }],
    ['config', { configurable: 'x' }],
    ['config', { metadata: [] }],
    ['context', 'x'],
    ['metadata', []],
    ['checkpoint', 'x'],
    ['checkpoint', { checkpoint_id: 1 }],
    ['checkpoint', { checkpoint_map: 'x' }],
    ['checkpoint_id', 7],
    ['webhook', ''],
    ['webhook', 1],
    ['webhook', 'x'.repeat(65_537)],
    ['interrupt_before', 'node'],
    ['interrupt_before', [1]],
    ['interrupt_after', {}],
    ['stream_mode', 'nope'],
    ['stream_mode', ['values', 'nope']],
    ['stream_mode', {}],
    ['stream_subgraphs', 'yes'],
    ['stream_resumable', 1],
    ['on_disconnect', 'x'],
    ['feedback_keys', 'x'],
    ['multitask_strategy', 'nope'],
    ['if_not_exists', 'maybe'],
    ['after_seconds', -1],
    ['after_seconds', '5'],
    ['after_seconds', 1e300],
    ['on_completion', 'x'],
    ['durability', 'never'],
    ['checkpoint_during', 'x'],
  ])('is refused with 422 that names the field: %s = %j', async (field, value) => {
    const refusal = parse({ [field]: value });
    await expect(refusal).rejects.toThrow(UnprocessableEntityException);
    await expect(refusal).rejects.toThrow(field);
  });

  it.each<[string, unknown]>([
    ['command', { resume: null }],
    ['command', { goto: 'node' }],
    ['command', { goto: ['a', { node: 'b', input: 1 }], update: { a: 1 } }],
    ['command', { update: [['a', 1]] }],
    ['config', { tags: null, recursion_limit: null, configurable: null }],
    ['config', { recursion_limit: 25, whatever: true }],
    ['checkpoint', { checkpoint_id: 'x', checkpoint_ns: '', checkpoint_map: null }],
    ['webhook', 'https://example.com/'],
    ['interrupt_before', '*'],
    ['interrupt_after', ['a', 'b']],
    ['stream_mode', []],
    ['after_seconds', 0.5],
    ['assistantId', 'as an SDK sends it in a batch'],
    ['langsmith_tracer', { project_name: 'x' }],
  ])('may hold %s = %j', async (field, value) => {
    await expect(parse({ [field]: value })).resolves.toBeDefined();
  });

  it('may hold null for everything that is optional', async () => {
    const fields = Object.keys(await parse({})).filter((field) => !field.endsWith('_id'));
    await expect(parse(Object.fromEntries(fields.map((field) => [field, null])))).resolves.toMatchObject({
      multitask_strategy: 'enqueue',
      metadata: {},
    });
  });

  it('takes the thread from the path, and the id of the run from nobody', async () => {
    const request = await parse({ thread_id: RUN_ID, run_id: THREAD_ID });
    expect(request.thread_id).toBe(THREAD_ID);
    expect(request.run_id).not.toBe(THREAD_ID);
    expect(await parseStateless({ thread_id: THREAD_ID })).not.toHaveProperty('thread_id');
  });

  it.each([
    ['values', ['values']],
    [
      ['updates', 'custom', 'updates'],
      ['updates', 'custom'],
    ],
  ])('takes one stream mode or several: %j', async (stream_mode, modes) => {
    expect((await parse({ stream_mode })).streamModes).toEqual(modes);
  });
});

describe('the value of threads:create_run', () => {
  const valueOf = async (body: object) => createThreadRun.value(await parse(body), alice);

  it('has every field of the contract', async () => {
    const value = await valueOf({
      input: { messages: [] },
      stream_mode: 'updates',
      webhook: 'https://x.test/',
    });
    expect(value).toEqual({
      thread_id: THREAD_ID,
      assistant_id: assistantIdOf('agent'),
      run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'pending',
      metadata: {},
      prevent_insert_if_inflight: false,
      multitask_strategy: 'enqueue',
      if_not_exists: 'reject',
      after_seconds: 0,
      kwargs: {
        input: { messages: [] },
        config: {
          configurable: {
            langgraph_auth_user: alice,
            langgraph_auth_user_id: 'alice',
            langgraph_auth_permissions: ['p'],
          },
        },
        stream_mode: ['updates'],
        webhook: 'https://x.test/',
        temporary: false,
        subgraphs: false,
        resumable: false,
      },
    });
  });

  it('has no thread where the run brings its own', async () => {
    const value = createRun.value(await parseStateless({}), alice);
    expect(value).not.toHaveProperty('thread_id');
    expect(value.kwargs.temporary).toBe(true);
    const kept = createRun.value(await parseStateless({ on_completion: 'keep' }), alice);
    expect(kept.kwargs.temporary).toBe(false);
  });

  it('says whether a busy thread refuses the run', async () => {
    expect((await valueOf({ multitask_strategy: 'reject' })).prevent_insert_if_inflight).toBe(true);
  });

  it('has the true caller, whatever the client claims (abuse case 19)', async () => {
    const { kwargs } = await valueOf({
      config: {
        configurable: {
          langgraph_auth_user: { identity: 'bob' },
          langgraph_auth_user_id: 'bob',
          langgraph_auth_permissions: ['admin'],
          langgraph_auth_anything: 1,
          langgraph_request_id: 'x',
          user_id: 'bob',
          thread_id: RUN_ID,
          run_id: RUN_ID,
          assistant_id: RUN_ID,
          graph_id: 'other',
          __pregel_resuming: true,
          mine: 1,
        },
      },
      checkpoint: { thread_id: RUN_ID, checkpoint_id: 'c', checkpoint_ns: '' },
    });
    expect(kwargs.config.configurable).toEqual({
      mine: 1,
      checkpoint_id: 'c',
      langgraph_auth_user: alice,
      langgraph_auth_user_id: 'alice',
      langgraph_auth_permissions: ['p'],
    });
  });

  it.each([
    [{ checkpoint_id: 'c' }, { checkpoint_id: 'c' }],
    [{ checkpoint_id: 'old', checkpoint: { checkpoint_id: 'new' } }, { checkpoint_id: 'new' }],
  ])('names the checkpoint to start from: %j', async (body, keys) => {
    expect((await valueOf(body)).kwargs.config.configurable).toMatchObject(keys);
  });

  it.each([
    [{ checkpoint_during: true }, 'async'],
    [{ checkpoint_during: false }, 'exit'],
    [{ checkpoint_during: false, durability: 'sync' }, 'sync'],
    [{}, undefined],
  ])('knows the durability by both of its names: %j', async (body, durability) => {
    expect((await valueOf(body)).kwargs.durability).toBe(durability);
  });

  it('has no reserved metadata of a client', async () => {
    const value = await valueOf({ metadata: { created_by: 'system', langgraph_auth_user: 1, k: 'v' } });
    expect(value.metadata).toEqual({ k: 'v' });
  });

  it('can be changed in nothing but its metadata', async () => {
    const request = await parse({ input: { text: 'mine' }, command: { resume: { a: 1 } } });
    const value = createThreadRun.value(request, alice) as unknown as Record<string, never>;
    const { kwargs } = value as unknown as {
      kwargs: { input: { text: string }; command: { resume: object } };
    };
    kwargs.input.text = 'changed';
    Object.assign(kwargs.command.resume, { a: 2 });
    Object.assign(value, { metadata: { owner: 'alice' }, multitask_strategy: 'reject', run_id: 'x' });
    const accepted = createThreadRun.accept(request, value as never);
    expect(accepted).toMatchObject({
      metadata: { owner: 'alice' },
      input: { text: 'mine' },
      command: { resume: { a: 1 } },
      multitask_strategy: 'enqueue',
      run_id: request.run_id,
    });
    expect(accepted.streamModes).toEqual(['values']);
  });

  it('is refused when a handler leaves metadata that is none', async () => {
    const request = await parse({});
    const value = { ...createThreadRun.value(request, alice), metadata: 'x' as never };
    expect(() => createThreadRun.accept(request, value)).toThrow('metadata');
  });
});

describe('the body of a batch', () => {
  const batch = (body: unknown) => parsed(createRunBatch, { body });
  const run = { assistant_id: 'agent' };

  it.each([[[]], [{}], ['x'], [null], [Array.from({ length: MAX_BATCH_SIZE + 1 }, () => run)]])(
    'is a list of runs and not %j',
    async (body) => {
      await expect(batch(body)).rejects.toThrow(/list of 1 to 100/);
    },
  );

  it('is refused as a whole, and the refusal names the run and the field', async () => {
    await expect(batch([run, { ...run, stream_mode: 'nope' }])).rejects.toThrow(/^\[1\]: .*stream_mode/);
    await expect(batch([run, null])).rejects.toThrow(/^\[1\]: /);
  });

  it('has the first run as the value of its event', async () => {
    const parsedBatch = await batch([run, { ...run, metadata: { k: 2 } }]);
    const value = createRunBatch.value(parsedBatch, alice);
    value.metadata = { owner: 'alice' };
    const { first, others } = createRunBatch.accept(parsedBatch, value);
    expect(first.metadata).toEqual({ owner: 'alice' });
    expect(others.map(({ metadata }) => metadata)).toEqual([{ k: 2 }]);
  });
});
