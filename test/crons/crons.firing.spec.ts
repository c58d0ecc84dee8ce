import { ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assistantIdOf } from '../../src/graphs/assistant.id.js';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import { Thread } from '../../src/threads/thread.entity.js';
import type { Caller } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf } from '../runs/api/runs.application.js';
import {
  HOUR,
  MINUTE,
  startCrons,
  type CronBody,
  type CronsApplication,
} from './support/crons.application.js';

const HOURLY = { schedule: '0 * * * *', on_run_completed: 'keep' };

/** Looks up what somebody may do now, as a policy with a table of its own would. */
@Injectable()
class RightsPolicy {
  readonly asked: Pick<HandlerArgument, 'event' | 'user' | 'value'>[] = [];
  answer: (() => unknown) | undefined;

  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth(['threads:create', 'assistants:create', 'crons:create'])
  stamp({ user, value }: HandlerArgument<'threads:create' | 'assistants:create' | 'crons:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth('threads', 'create_run')
  createRun({ event, user, value }: HandlerArgument<'threads:create_run'>) {
    this.asked.push({ event, user, value: structuredClone(value) });
    value.metadata = { owner: user.identity };
    return this.answer ? (this.answer() as boolean) : { owner: user.identity };
  }
}

describe.each(databases)('a cron on $dialect fires', ({ create }) => {
  let database: TestDatabase;
  let server: CronsApplication;
  let policy: RightsPolicy;
  let alice: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startCrons(database, { policies: [RightsPolicy] });
    policy = server.app.get(RightsPolicy);
    ({ alice } = server);
  });
  afterAll(async () => {
    await server?.stop();
    await database.drop();
  });

  const threadIds = async (cronId: string) => (await server.runsOf(cronId)).map(({ thread_id }) => thread_id);
  const outcome = async (cronId: string, index = 0) => {
    const { thread_id, run_id } = (await server.runsOf(cronId))[index];
    return (await alice('GET', `/threads/${thread_id}/runs/${run_id}/join`)).body;
  };
  const expectHour = ({ next_run_date }: CronBody) => {
    const next = Date.parse(next_run_date ?? '');
    expect(next % HOUR).toBe(0);
    expect(next - Date.now()).toBeGreaterThan(0);
    expect(next - Date.now()).toBeLessThanOrEqual(HOUR);
  };

  it('as a run of its creator with what the cron says', async () => {
    const { cron_id } = await server.cronOf(alice, { ...HOURLY, metadata: { topic: 'x' } });
    policy.asked.length = 0;
    const cron = await server.fire(alice, cron_id);
    expect(cron).toMatchObject({ last_error: null, last_fired_at: expect.any(String) });
    expectHour(cron);
    expect(await outcome(cron_id)).toMatchObject({ messages: [{ content: 'hello' }, { type: 'ai' }] });

    const [run] = await server.runsOf(cron_id);
    expect(run).toMatchObject({
      assistant_id: assistantIdOf('chat'),
      metadata: { owner: 'alice', cron_id },
      principal: { identity: 'alice' },
    });
    expect(policy.asked).toMatchObject([
      {
        user: { identity: 'alice' },
        value: { run_id: run.run_id, metadata: { topic: 'x', cron_id }, assistant_id: assistantIdOf('chat') },
      },
    ]);
    expect(policy.asked[0]?.value).not.toHaveProperty('thread_id');
    const [thread] = await server.asSystem((manager) => manager.findBy(Thread, { thread_id: run.thread_id }));
    expect(thread.metadata).toMatchObject({ owner: 'alice', cron_id });
    expect(await alice('GET', `/threads/${run.thread_id}/runs/${run.run_id}`)).toMatchObject({ status: 200 });
  });

  it('on a new thread each time, which is kept or deleted', async () => {
    const kept = await server.cronOf(alice, HOURLY);
    await server.fire(alice, kept.cron_id);
    await server.fire(alice, kept.cron_id);
    await outcome(kept.cron_id, 0);
    await outcome(kept.cron_id, 1);
    expect(new Set(await threadIds(kept.cron_id)).size).toBe(2);

    const deleted = await server.cronOf(alice, { ...HOURLY, on_run_completed: 'delete' });
    expect((await server.fire(alice, deleted.cron_id)).last_error).toBeNull();
    for (let waited = 0; (await threadIds(deleted.cron_id)).length > 0 && waited < 200; waited++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await threadIds(deleted.cron_id)).toEqual([]);
  });

  it('on its own thread, one run after the other', async () => {
    const threadId = await server.newThread(alice);
    const { cron_id } = await server.cronOf(alice, HOURLY, threadId);
    await server.fire(alice, cron_id);
    await server.fire(alice, cron_id);
    await outcome(cron_id, 0);
    await outcome(cron_id, 1);
    expect(await threadIds(cron_id)).toEqual([threadId, threadId]);
    const { values } = objectOf(await alice('GET', `/threads/${threadId}`));
    expect((values as { messages: unknown[] }).messages).toHaveLength(4);
  });

  it('once for all occurrences that were missed, and then on time again', async () => {
    const { cron_id } = await server.cronOf(alice, HOURLY);
    expectHour(await server.fire(alice, cron_id, 3 * 24 * 60 * MINUTE));
    expect(await server.runsOf(cron_id)).toHaveLength(1);
  });

  it('no more after its end, and does not make up for what was missed before it', async () => {
    const { cron_id } = await server.cronOf(alice, HOURLY);
    await server.makeDue(cron_id, 10 * MINUTE, { end_time: new Date(Date.now() - 5 * MINUTE) });
    const end = await settled(() => server.read(alice, cron_id));
    expect(end).toMatchObject({ next_run_date: null, last_fired_at: null, last_error: null });

    const last = await server.cronOf(alice, HOURLY);
    await server.makeDue(last.cron_id, 20, { end_time: new Date(Date.now() - 10) });
    expect(await settled(() => server.read(alice, last.cron_id))).toMatchObject({
      next_run_date: null,
      last_fired_at: expect.any(String),
    });
    expect(await server.runsOf(cron_id)).toEqual([]);
    expect(await server.runsOf(last.cron_id)).toHaveLength(1);
  });

  it('not while it is paused, and on time again when it is resumed', async () => {
    const { cron_id } = await server.cronOf(alice, HOURLY);
    await alice('PATCH', `/runs/crons/${cron_id}`, { enabled: false });
    expect(await server.read(alice, cron_id)).toMatchObject({ next_run_date: null });
    expectHour((await alice('PATCH', `/runs/crons/${cron_id}`, { enabled: true })).body as CronBody);
    expect(await server.runsOf(cron_id)).toEqual([]);
  });

  it('with what it was last changed to', async () => {
    const { cron_id } = await server.cronOf(alice, HOURLY);
    await alice('PATCH', `/runs/crons/${cron_id}`, {
      assistant_id: 'steps',
      input: {},
      metadata: { round: 2 },
    });
    await server.fire(alice, cron_id);
    expect(await outcome(cron_id)).toEqual({ steps: ['one', 'two', 'three'] });
  });

  describe('under the rights of the moment (abuse case 62):', () => {
    it('what its creator may no longer do is refused, told, and tried again at the next occurrence', async () => {
      const { cron_id } = await server.cronOf(alice, HOURLY);
      await server.fire(alice, cron_id);
      policy.answer = () => false;
      const denied = await server.fire(alice, cron_id);
      expectHour(denied);
      expect(denied.last_error).toEqual({ at: expect.any(String), status: 403, detail: 'Forbidden' });
      expect(await server.runsOf(cron_id)).toHaveLength(1);
      policy.answer = undefined;
      const allowed = await server.fire(alice, cron_id);
      expect(Date.parse(allowed.last_fired_at ?? '')).toBeGreaterThan(
        Date.parse(denied.last_error?.at ?? ''),
      );
      expect(await server.runsOf(cron_id)).toHaveLength(2);
    });

    it.each<[string, () => unknown, number, string]>([
      [
        'an answer of the handler is told as it is',
        () => {
          throw new ForbiddenException('The trial is over');
        },
        403,
        'The trial is over',
      ],
      [
        'so is one that hides',
        () => {
          throw new NotFoundException('Nothing here');
        },
        404,
        'Nothing here',
      ],
      [
        'a fault of the handler is told without its text',
        () => {
          throw new Error('postgres://secret');
        },
        500,
        'Internal Server Error',
      ],
      [
        'a filter that the new thread does not match',
        () => ({ owner: 'nobody' }),
        403,
        'The new Thread does not match the filter of the handler (keys: owner)',
      ],
    ])('%s', async (_, answer, status, detail) => {
      const { cron_id } = await server.cronOf(alice, HOURLY);
      policy.answer = answer;
      const cron = await server.fire(alice, cron_id);
      policy.answer = undefined;
      expect(cron.last_error).toEqual({ at: expect.any(String), status, detail });
      expect(await server.runsOf(cron_id)).toEqual([]);
    });

    it('a thread that has changed hands is not found', async () => {
      const thread_id = await server.newThread(alice);
      const { cron_id } = await server.cronOf(alice, HOURLY, thread_id);
      await server.asSystem((manager) =>
        manager.update(Thread, { thread_id }, { metadata: { owner: 'bob' } }),
      );
      expect((await server.fire(alice, cron_id)).last_error).toMatchObject({
        status: 404,
        detail: `Thread with ID ${thread_id} not found`,
      });
    });

    it('an assistant that has changed hands is not found (abuse case 37)', async () => {
      const body = objectOf(await alice('POST', '/assistants', { graph_id: 'chat' }));
      const assistant_id = String(body.assistant_id);
      const { cron_id } = await server.cronOf(alice, { ...HOURLY, assistant_id });
      await server.asSystem((manager) =>
        manager.getRepository('Assistant').update({ assistant_id }, { metadata: { owner: 'bob' } }),
      );
      expect((await server.fire(alice, cron_id)).last_error).toMatchObject({
        status: 404,
        detail: expect.stringContaining(`No assistant found for "${assistant_id}"`),
      });
    });

    it('a busy thread refuses with strategy reject', async () => {
      const threadId = await server.newThread(alice);
      const { cron_id } = await server.cronOf(alice, { ...HOURLY, multitask_strategy: 'reject' }, threadId);
      await alice('POST', `/threads/${threadId}/runs`, {
        assistant_id: 'chat',
        input: null,
        after_seconds: 900,
      });
      expect((await server.fire(alice, cron_id)).last_error).toMatchObject({ status: 409 });
    });

    it('a cron that is refused does not keep another one from firing', async () => {
      const crowd = { ...HOURLY, metadata: { crowd: true } };
      const crons = await Promise.all(Array.from({ length: 20 }, () => server.cronOf(alice, crowd)));
      let count = 0;
      policy.answer = () => (count++ % 2 === 0 ? false : { owner: 'alice' });
      for (const { cron_id } of crons) await server.makeDue(cron_id);
      const criteria = { metadata: crowd.metadata, limit: 100 };
      let left: readonly CronBody[] = crons;
      let told: readonly CronBody[] = [];
      for (let waited = 0; left.length > 0 && waited < 200; waited++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        told = (await alice('POST', '/runs/crons/search', criteria)).body as CronBody[];
        left = told.filter(({ last_fired_at, last_error }) => !last_fired_at && !last_error);
      }
      policy.answer = undefined;
      expect(told.filter(({ last_fired_at }) => last_fired_at)).toHaveLength(10);
      expect(told.filter(({ last_error }) => last_error?.status === 403)).toHaveLength(10);
    });
  });

  it('as the principal that was recorded, which a change by its creator renews', async () => {
    const editor = await server.as('alice', { permissions: ['edit'], plan: 'gold', secret: 'hush-hush' });
    const { cron_id } = await server.cronOf(editor, HOURLY);
    policy.asked.length = 0;
    await server.fire(alice, cron_id);
    expect(policy.asked[0]?.user).toMatchObject({ identity: 'alice', permissions: ['edit'], plan: 'gold' });
    await alice('PATCH', `/runs/crons/${cron_id}`, { metadata: { renewed: true } });
    policy.asked.length = 0;
    await server.fire(alice, cron_id);
    expect(policy.asked[0]?.user).toMatchObject({ permissions: [] });
  });

  it('and never tells the secrets of its creator', async () => {
    const editor = await server.as('alice', { permissions: ['edit-secret'], secret: 'hush-hush' });
    const { cron_id } = await server.cronOf(editor, HOURLY);
    await server.fire(editor, cron_id);
    const [run] = await server.runsOf(cron_id);
    const answers = [
      await editor('GET', `/runs/crons/${cron_id}`),
      await editor('PATCH', `/runs/crons/${cron_id}`, { metadata: {} }),
      await editor('POST', '/runs/crons/search', { limit: 1000 }),
      await editor('GET', `/threads/${run.thread_id}/runs/${run.run_id}`),
      await editor('GET', `/threads/${run.thread_id}`),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(text).toContain(cron_id);
      expect(text).not.toMatch(/hush-hush|edit-secret|principal|langgraph_auth/);
    }
  });

  async function settled(read: () => Promise<CronBody>): Promise<CronBody> {
    for (let waited = 0; waited < 200; waited++) {
      const cron = await read();
      if (cron.next_run_date === null) return cron;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the cron is still due');
  }
});
