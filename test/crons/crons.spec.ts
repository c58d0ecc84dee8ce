import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { assistantIdOf } from '../../src/graphs/assistant.id.js';
import type { Caller } from '../support/application.js';
import { objectOf } from '../runs/api/runs.application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import {
  HELLO,
  startCrons,
  YEARLY,
  type CronBody,
  type CronsApplication,
} from './support/crons.application.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const NEXT_YEAR = nextNewYear(0);
const CHAT = assistantIdOf('chat');

describe.each(databases)('crons on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: CronsApplication;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startCrons(database);
    ({ alice, bob } = server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  describe('are created', () => {
    it('with what their runs are to be created with', async () => {
      const config = { tags: ['nightly'], recursion_limit: 5, configurable: { tone: 'kind' } };
      expect(
        await server.cronOf(alice, { metadata: { topic: 'x' }, config, webhook: 'https://example.com/h' }),
      ).toEqual({
        cron_id: UUID,
        assistant_id: CHAT,
        thread_id: null,
        on_run_completed: 'delete',
        end_time: null,
        schedule: '0 0 1 1 *',
        timezone: null,
        created_at: TIME,
        updated_at: TIME,
        user_id: 'alice',
        payload: {
          assistant_id: CHAT,
          input: HELLO,
          config,
          webhook: 'https://example.com/h',
          metadata: { topic: 'x' },
        },
        next_run_date: NEXT_YEAR,
        metadata: { topic: 'x', owner: 'alice' },
        enabled: true,
        last_fired_at: null,
        last_error: null,
      });
    });

    it('on a thread', async () => {
      const threadId = await server.newThread(alice);
      const cron = await server.cronOf(
        alice,
        { on_run_completed: 'keep', multitask_strategy: 'reject' },
        threadId,
      );
      expect(cron).toMatchObject({
        thread_id: threadId,
        on_run_completed: null,
        payload: { assistant_id: CHAT, thread_id: threadId, multitask_strategy: 'reject' },
      });
      expect(await server.read(alice, cron.cron_id)).toEqual(cron);
    });

    it('in a time zone, and with an end', async () => {
      const cron = await server.cronOf(alice, { timezone: 'Asia/Tokyo', end_time: '2999-12-31T12:00:00' });
      expect(cron).toMatchObject({
        timezone: 'Asia/Tokyo',
        end_time: '2999-12-31T12:00:00.000Z',
        next_run_date: nextNewYear(-9),
      });
    });

    it('without a next date while they are paused, and when they end before it', async () => {
      expect(await server.cronOf(alice, { enabled: false })).toMatchObject({
        enabled: false,
        next_run_date: null,
      });
      const soon = new Date(Date.now() + 60_000).toISOString();
      expect(await server.cronOf(alice, { schedule: '0 0 29 2 *', end_time: soon })).toMatchObject({
        next_run_date: null,
      });
    });

    it('without the keys that only the server sets', async () => {
      const reserved = { created_by: 'system', langgraph_auth_user: 'root', langgraph_request_id: '1' };
      const configurable = {
        ...reserved,
        user_id: 'bob',
        thread_id: uuid(),
        run_id: uuid(),
        __pregel_x: 1,
        mine: 2,
      };
      const cron = await server.cronOf(alice, {
        metadata: { ...reserved, own: 1 },
        config: { configurable, metadata: reserved },
      });
      expect(cron.metadata).toEqual({ own: 1, owner: 'alice' });
      expect(cron.payload).toMatchObject({ metadata: { own: 1 }, config: { metadata: {} } });
      expect(cron.payload.config).toEqual({ metadata: {}, configurable: { created_by: 'system', mine: 2 } });
      expect(cron.user_id).toBe('alice');
    });

    it('with null standing for absent', async () => {
      const nulls = {
        timezone: null,
        end_time: null,
        metadata: null,
        config: null,
        webhook: null,
        enabled: null,
      };
      const { payload } = await server.cronOf(alice, { ...nulls, input: null });
      expect(payload).toEqual({ assistant_id: CHAT, input: null, metadata: {} });
    });
  });

  it.each<[string, object, RegExp]>([
    ['no schedule', { schedule: undefined }, /^schedule must be a cron expression/],
    ['six fields (abuse case 62)', { schedule: '* * * * * *' }, /^schedule must be a cron expression/],
    ['four fields', { schedule: '* * * *' }, /^schedule/],
    ['a nickname', { schedule: '@hourly' }, /^schedule/],
    ['a question mark', { schedule: '? * * * *' }, /^schedule/],
    ['a minute that there is not', { schedule: '60 * * * *' }, /^schedule/],
    ['a date in place of a schedule', { schedule: '2999-01-01T00:00:00Z' }, /^schedule/],
    ['a list', { schedule: ['* * * * *'] }, /^schedule/],
    ['an endless list', { schedule: `${'0,'.repeat(1000)}0 * * * *` }, /^schedule/],
    ['a date that never comes', { schedule: '0 0 30 2 *' }, /fires at some time$/],
    ['an unknown time zone', { timezone: 'Mars/Phobos' }, /^timezone must be the IANA name/],
    ['an offset in place of a time zone', { timezone: '+02:00' }, /^timezone/],
    [
      'an end in the past',
      { end_time: '2020-01-01T00:00:00Z' },
      /^end_time must be an ISO 8601 time in the future/,
    ],
    ['an end that is no time', { end_time: 'tomorrow' }, /^end_time/],
    ['an end that is a number', { end_time: 4_102_444_800_000 }, /^end_time/],
    ['an impossible end', { end_time: '2999-13-45T00:00:00Z' }, /^end_time/],
    ['a webhook that leads inside (abuse case 60)', { webhook: 'http://127.0.0.1/x' }, /^webhook/],
    ['no assistant', { assistant_id: undefined }, /^assistant_id/],
    ['a wrong strategy', { multitask_strategy: 'wait' }, /^multitask_strategy/],
    ['a wrong stream mode', { stream_mode: ['telepathy'] }, /^stream_mode/],
    ['a config that is a text', { config: 'none' }, /^config/],
    ['metadata that is a list', { metadata: [] }, /^metadata/],
    ['a wrong end of runs', { on_run_completed: 'forget' }, /^on_run_completed/],
    ['a text for enabled', { enabled: 'yes' }, /^enabled/],
  ])('refuse %s with 422, new and changed', async (_, fields, problem) => {
    const answer = await alice('POST', '/runs/crons', { ...YEARLY, ...fields });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringMatching(problem) } });
    if (Object.values(fields).includes(undefined)) return;
    const { cron_id } = await server.cronOf(alice);
    expect(await alice('PATCH', `/runs/crons/${cron_id}`, fields)).toMatchObject({
      status: 422,
      body: answer.body,
    });
  });

  it.each<[string, string, object | undefined]>([
    ['POST', '/runs/crons', { ...YEARLY, assistant_id: 'nothing' }],
    ['POST', '/runs/crons', { ...YEARLY, assistant_id: uuid() }],
    ['POST', `/threads/${uuid()}/runs/crons`, YEARLY],
    ['GET', `/runs/crons/${uuid()}`, undefined],
    ['PATCH', `/runs/crons/${uuid()}`, { enabled: false }],
    ['DELETE', `/runs/crons/${uuid()}`, undefined],
  ])('%s %s is 404 where there is nothing', async (method, path, body) => {
    const { status, body: answer } = await alice(method, path, body);
    expect({ status, answer }).toEqual({ status: 404, answer: { detail: expect.stringMatching(/found/) } });
  });

  it('are 401 for nobody and 422 for an id that is none', async () => {
    expect((await fetch(`${server.url}/runs/crons/x`)).status).toBe(401);
    expect(await alice('GET', '/runs/crons/x')).toMatchObject({ status: 422 });
  });

  describe('are changed', () => {
    const patch = async (cronId: string, fields: object) => {
      const { status, text, body } = await alice('PATCH', `/runs/crons/${cronId}`, fields);
      if (status !== 200) throw new Error(text);
      return body as CronBody;
    };

    it('field by field, with metadata merged over what is there', async () => {
      const { cron_id, created_at } = await server.cronOf(alice, {
        metadata: { a: 1, b: 1 },
        context: { x: 1 },
      });
      const input = { messages: [] };
      const metadata = { b: 2, created_by: 'system' };
      const changed = await patch(cron_id, { input, metadata, context: { y: 2 }, on_run_completed: 'keep' });
      expect(changed).toMatchObject({
        created_at,
        metadata: { a: 1, b: 2, owner: 'alice' },
        payload: { input, context: { y: 2 }, metadata: { a: 1, b: 2 } },
        on_run_completed: 'keep',
        next_run_date: NEXT_YEAR,
      });
      expect(changed.metadata).not.toHaveProperty('created_by');
      expect(changed.payload.context).toEqual({ y: 2 });
      expect(await server.read(alice, cron_id)).toEqual(changed);
    });

    it('in their schedule and time zone, which gives the next date', async () => {
      const { cron_id } = await server.cronOf(alice);
      const hours = await patch(cron_id, { schedule: '0 6 1 1 *' });
      expect(hours.next_run_date).toBe(nextNewYear(6));
      const zone = await patch(cron_id, { timezone: 'Asia/Tokyo' });
      expect(zone.next_run_date).toBe(nextNewYear(6 - 9));
    });

    it('in their end, which null takes away', async () => {
      const { cron_id } = await server.cronOf(alice, { schedule: '0 0 29 2 *' });
      const soon = new Date(Date.now() + 60_000).toISOString();
      expect(await patch(cron_id, { end_time: soon })).toMatchObject({ end_time: soon, next_run_date: null });
      expect(await patch(cron_id, { metadata: {} })).toMatchObject({ end_time: soon });
      expect(await patch(cron_id, { end_time: null })).toMatchObject({ end_time: null, next_run_date: TIME });
    });

    it('to be paused and resumed', async () => {
      const { cron_id } = await server.cronOf(alice);
      expect(await patch(cron_id, { enabled: false })).toMatchObject({ enabled: false, next_run_date: null });
      expect(await patch(cron_id, { enabled: true })).toMatchObject({
        enabled: true,
        next_run_date: NEXT_YEAR,
      });
    });

    it('to use another assistant, which has to be visible', async () => {
      const { cron_id } = await server.cronOf(alice);
      const steps = assistantIdOf('steps');
      const changed = await patch(cron_id, { assistant_id: 'steps' });
      expect(changed).toMatchObject({ assistant_id: steps, payload: { assistant_id: steps } });
      const { assistant_id } = objectOf(await bob('POST', '/assistants', { graph_id: 'chat' }));
      expect(await alice('PATCH', `/runs/crons/${cron_id}`, { assistant_id })).toMatchObject({ status: 404 });
      expect(await server.read(alice, cron_id)).toMatchObject({ assistant_id: steps });
    });

    it('by many at once without losing a change of metadata', async () => {
      const { cron_id } = await server.cronOf(alice);
      const keys = Array.from({ length: 8 }, (_, index) => `key_${index}`);
      await Promise.all(keys.map((key) => patch(cron_id, { metadata: { [key]: true } })));
      const { metadata } = await server.read(alice, cron_id);
      expect(Object.keys(metadata).sort()).toEqual([...keys, 'owner']);
    });
  });

  it('are deleted, alone or with their thread or assistant', async () => {
    const threadId = await server.newThread(alice);
    const assistant = (await alice('POST', '/assistants', { graph_id: 'chat' })).body as {
      assistant_id: string;
    };
    const [alone, onThread, onAssistant] = [
      await server.cronOf(alice),
      await server.cronOf(alice, {}, threadId),
      await server.cronOf(alice, assistant),
    ];
    for (const path of [
      `/runs/crons/${alone.cron_id}`,
      `/threads/${threadId}`,
      `/assistants/${assistant.assistant_id}`,
    ])
      expect(await alice('DELETE', path)).toMatchObject({ status: 204, text: '' });
    for (const { cron_id } of [alone, onThread, onAssistant])
      expect(await alice('GET', `/runs/crons/${cron_id}`)).toMatchObject({
        status: 404,
        body: { detail: 'Cron not found' },
      });
  });

  it('are announced by the server', async () => {
    expect((await alice('GET', '/info')).body).toMatchObject({ flags: { crons: true } });
  });
});

/** The next 1 January, at a full hour of UTC, or before it where the hour is negative. */
function nextNewYear(hour: number): string {
  const dates = [0, 1, 2].map((later) => Date.UTC(new Date().getUTCFullYear() + later, 0, 1, hour));
  return new Date(dates.find((date) => date > Date.now()) ?? 0).toISOString();
}
