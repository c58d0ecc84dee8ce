import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Cron } from '@langchain/langgraph-sdk';
import { assistantIdOf } from '../../../src/graphs/assistant.id.js';
import {
  expectRefusal,
  HELLO,
  inNewerLine,
  NEVER,
  newThread,
  TIME,
  UUID,
  type ProofsOf,
  type Scene,
} from '../proof.js';

const SCHEDULE = '0 0 1 1 *';
const NEXT_YEAR = expect.stringMatching(/^\d{4}-01-01T00:00:00\.000Z$/);
const CHAT = assistantIdOf('chat');
const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** The types of the client name fewer fields than come back. */
async function newCron(
  { alice }: Scene,
  options: Partial<Parameters<Scene['alice']['crons']['create']>[1]> = {},
): Promise<Cron> {
  return (await alice.crons.create('chat', {
    schedule: SCHEDULE,
    input: HELLO,
    ...options,
  })) as unknown as Cron;
}

export const cronProofs: ProofsOf<'crons'> = {
  create: {
    'makes a cron that gives each run a thread of its own': async (scene) => {
      expect(await newCron(scene, { metadata: { topic: 'x' } })).toEqual({
        cron_id: UUID,
        assistant_id: CHAT,
        thread_id: null,
        on_run_completed: 'delete',
        end_time: null,
        schedule: SCHEDULE,
        timezone: null,
        created_at: TIME,
        updated_at: TIME,
        user_id: 'alice',
        payload: { assistant_id: CHAT, input: HELLO, metadata: { topic: 'x' } },
        next_run_date: NEXT_YEAR,
        metadata: { topic: 'x', owner: 'alice' },
        enabled: true,
        last_fired_at: null,
        last_error: null,
      });
    },
    'takes over how the runs are to be': async (scene) => {
      const cron = await newCron(scene, {
        config: { recursion_limit: 5, configurable: { tone: 'kind' } },
        context: { place: 'here' },
        interruptBefore: ['answer'],
        interruptAfter: '*',
        onRunCompleted: 'keep',
        multitaskStrategy: 'interrupt',
        durability: 'sync',
        enabled: false,
      });
      expect(cron).toMatchObject({ on_run_completed: 'keep', enabled: false, next_run_date: null });
      expect(cron.payload).toMatchObject({
        config: { recursion_limit: 5, configurable: { tone: 'kind' } },
        context: { place: 'here' },
        interrupt_before: ['answer'],
        interrupt_after: '*',
        multitask_strategy: 'interrupt',
        durability: 'sync',
      });
    },
    'takes a time zone, an end and what the stream is to hold': inNewerLine(async (scene) => {
      const options = {
        timezone: 'Europe/Berlin',
        endTime: later(900),
        streamMode: ['values', 'updates'] as const,
      };
      const cron = await newCron(scene, {
        ...options,
        streamMode: [...options.streamMode],
        streamSubgraphs: true,
        streamResumable: true,
      });
      expect(cron).toMatchObject({
        timezone: 'Europe/Berlin',
        end_time: options.endTime,
        next_run_date: expect.stringMatching(/-12-31T23:00:00\.000Z$/),
        payload: { stream_mode: ['values', 'updates'], stream_subgraphs: true, stream_resumable: true },
      });
    }),
    'knows neither a missing nor a foreign assistant': async ({ alice, bob }) => {
      const { assistant_id } = await bob.assistants.create({ graphId: 'chat' });
      for (const id of [assistant_id, NEVER, 'no-such-graph'])
        await expectRefusal(
          alice.crons.create(id, { schedule: SCHEDULE }),
          404,
          `No assistant found for "${id}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`,
        );
    },
    'refuses six fields with 422': async (scene) =>
      expectRefusal(newCron(scene, { schedule: '* * * * * *' }), 422, /cron expression of five fields/),
  },
  createForThread: {
    'makes a cron on a thread': async (scene) => {
      const threadId = await newThread(scene);
      const cron = await scene.alice.crons.createForThread(threadId, 'chat', {
        schedule: SCHEDULE,
        input: HELLO,
        multitaskStrategy: 'reject',
      });
      expect(cron).toMatchObject({
        thread_id: threadId,
        on_run_completed: null,
        next_run_date: NEXT_YEAR,
        payload: { thread_id: threadId, multitask_strategy: 'reject' },
      });
    },
    'knows neither a missing nor a foreign thread': async (scene) => {
      for (const id of [await newThread(scene), NEVER])
        await expectRefusal(
          scene.bob.crons.createForThread(id, 'chat', { schedule: SCHEDULE }),
          404,
          `Thread with ID ${id} not found`,
        );
    },
    'is gone when its thread is': async (scene) => {
      const threadId = await newThread(scene);
      await scene.alice.crons.createForThread(threadId, 'chat', { schedule: SCHEDULE });
      expect(await scene.alice.crons.search({ threadId })).toHaveLength(1);
      await scene.alice.threads.delete(threadId);
      expect(await scene.alice.crons.search({ threadId })).toEqual([]);
    },
  },
  update: {
    'changes what is given, and merges metadata': async (scene) => {
      const { cron_id } = await newCron(scene, { metadata: { a: 1 } });
      const changed = await scene.alice.crons.update(cron_id, {
        schedule: '30 6 1 1 *',
        input: { messages: [] },
        metadata: { b: 2 },
        onRunCompleted: 'keep',
      });
      expect(changed).toMatchObject({
        cron_id,
        schedule: '30 6 1 1 *',
        next_run_date: expect.stringMatching(/-01-01T06:30:00\.000Z$/),
        payload: { input: { messages: [] }, metadata: { a: 1, b: 2 } },
        metadata: { a: 1, b: 2, owner: 'alice' },
        on_run_completed: 'keep',
      });
    },
    'pauses and resumes': async (scene) => {
      const { cron_id } = await newCron(scene);
      const { crons } = scene.alice;
      expect(await crons.update(cron_id, { enabled: false })).toMatchObject({
        enabled: false,
        next_run_date: null,
      });
      expect(await crons.update(cron_id, { enabled: true })).toMatchObject({
        enabled: true,
        next_run_date: NEXT_YEAR,
      });
    },
    'gives an end': async (scene) => {
      const { cron_id } = await newCron(scene);
      const endTime = later(0.001);
      const ending = { endTime, end_time: endTime };
      expect(await scene.alice.crons.update(cron_id, ending)).toMatchObject({
        end_time: endTime,
        next_run_date: null,
      });
    },
    'knows neither a missing nor a foreign cron': async (scene) => {
      const { cron_id } = await newCron(scene);
      await expectRefusal(scene.bob.crons.update(cron_id, { enabled: false }), 404, 'Cron not found');
      await expectRefusal(scene.alice.crons.update(NEVER, { enabled: false }), 404, 'Cron not found');
    },
  },
  delete: {
    'deletes a cron': async (scene) => {
      const { cron_id } = await newCron(scene);
      await scene.alice.crons.delete(cron_id);
      await expectRefusal(scene.alice.crons.delete(cron_id), 404, 'Cron not found');
    },
    'knows neither a missing nor a foreign cron': async (scene) => {
      const { cron_id } = await newCron(scene);
      await expectRefusal(scene.bob.crons.delete(cron_id), 404, 'Cron not found');
      await expectRefusal(scene.bob.crons.delete(NEVER), 404, 'Cron not found');
    },
  },
  search: {
    'finds crons by assistant and thread, newest first, page by page': async (scene) => {
      const { assistant_id: assistantId } = await scene.alice.assistants.create({ graphId: 'chat' });
      const ids: string[] = [];
      for (let count = 0; count < 3; count++)
        ids.unshift(
          ((await scene.alice.crons.create(assistantId, { schedule: SCHEDULE })) as unknown as Cron).cron_id,
        );
      const found = async (page: object) =>
        (await scene.alice.crons.search({ assistantId, ...page })).map(({ cron_id }) => cron_id);
      expect(await found({})).toEqual(ids);
      expect(await found({ limit: 2 })).toEqual(ids.slice(0, 2));
      expect(await found({ limit: 2, offset: 2 })).toEqual(ids.slice(2));
      expect(await scene.alice.crons.search({ threadId: await newThread(scene) })).toEqual([]);
    },
    'sorts, selects and filters by what the newer line sends': inNewerLine(async (scene) => {
      const mark = { mark: randomUUID() };
      const first = await newCron(scene, { metadata: mark });
      const second = await newCron(scene, { metadata: mark, enabled: false });
      const { crons } = scene.alice;
      const all = await crons.search({
        metadata: mark,
        sortBy: 'created_at',
        sortOrder: 'asc',
        select: ['cron_id'],
      });
      expect(all).toEqual([{ cron_id: first.cron_id }, { cron_id: second.cron_id }]);
      expect(await crons.search({ metadata: mark, enabled: false })).toMatchObject([
        { cron_id: second.cron_id },
      ]);
    }),
    'shows nobody else’s': async (scene) => {
      const { assistant_id: assistantId } = await scene.alice.assistants.create({ graphId: 'chat' });
      await scene.alice.crons.create(assistantId, { schedule: SCHEDULE });
      expect(await scene.bob.crons.search({ assistantId })).toEqual([]);
    },
  },
  count: {
    'counts what a search finds': async (scene) => {
      const { assistant_id: assistantId } = await scene.alice.assistants.create({ graphId: 'chat' });
      for (let count = 0; count < 3; count++)
        await scene.alice.crons.create(assistantId, { schedule: SCHEDULE });
      expect(await scene.alice.crons.count({ assistantId })).toBe(3);
      expect(await scene.bob.crons.count({ assistantId })).toBe(0);
    },
  },
};
