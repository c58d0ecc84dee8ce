import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { assistantIdOf } from '../../src/graphs/assistant.id.js';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { objectOf } from '../runs/api/runs.application.js';
import type { Answer, Caller } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { startCrons, YEARLY, type CronBody, type CronsApplication } from './support/crons.application.js';

describe.each(databases)('crons of somebody else on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: CronsApplication;
  let alice: Caller;
  let bob: Caller;
  let cron: CronBody;
  let threadId: string;
  let assistantId: string;

  beforeAll(async () => {
    database = await create();
    server = await startCrons(database);
    ({ alice, bob } = server);
    threadId = await server.newThread(alice);
    assistantId = String(objectOf(await alice('POST', '/assistants', { graph_id: 'chat' })).assistant_id);
    cron = await server.cronOf(alice, { metadata: { topic: 'secret' } }, threadId);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const comparable = ({ status, headers, text }: Answer, id: string) => ({
    status,
    text: text.replaceAll(id, 'ID'),
    names: [...headers.keys()].sort(),
  });

  it.each<[string, object | undefined]>([
    ['GET', undefined],
    ['PATCH', { enabled: false, metadata: { owner: 'bob' } }],
    ['PATCH', { schedule: '* * * * *', input: null }],
    ['DELETE', undefined],
  ])('abuse case 63: %s %j answers byte for byte as if there were none', async (method, body) => {
    const never = uuid();
    const theirs = comparable(await bob(method, `/runs/crons/${cron.cron_id}`, body), cron.cron_id);
    expect(theirs).toEqual(comparable(await bob(method, `/runs/crons/${never}`, body), never));
    expect(theirs).toMatchObject({ status: 404, text: '{"detail":"Cron not found"}' });
    expect(await server.read(alice, cron.cron_id)).toEqual(cron);
  });

  it.each<[string, () => object]>([
    ['nothing', () => ({})],
    ['their thread', () => ({ thread_id: threadId })],
    ['their assistant', () => ({ assistant_id: 'chat' })],
    ['their metadata', () => ({ metadata: { topic: 'secret' } })],
    ['their owner', () => ({ metadata: { owner: 'alice' } })],
  ])('abuse case 63: a search by %s finds none, and a count agrees', async (_, criteria) => {
    const headers = { prefer: 'count=exact' };
    const found = await bob('POST', '/runs/crons/search', { ...criteria(), limit: 1000 }, headers);
    expect(found).toMatchObject({ status: 200, body: [] });
    expect(found.headers.get('x-pagination-total')).toBe('0');
    expect(await bob('POST', '/runs/crons/count', criteria())).toMatchObject({ status: 200, body: 0 });
  });

  it.each([
    ['a thread', () => ['POST', `/threads/${threadId}/runs/crons`, YEARLY] as const, () => threadId],
    [
      'an assistant (abuse case 37)',
      () => ['POST', '/runs/crons', { ...YEARLY, assistant_id: assistantId }] as const,
      () => assistantId,
    ],
  ])('cannot be made on %s that is not visible', async (_, request, idOf) => {
    const never = uuid();
    const [method, path, body] = request();
    const theirs = comparable(await bob(method, path, body), idOf());
    const filled = JSON.parse(JSON.stringify(body).replaceAll(idOf(), never)) as object;
    expect(theirs).toEqual(comparable(await bob(method, path.replace(idOf(), never), filled), never));
    expect(theirs.status).toBe(404);
    expect((await bob('POST', '/runs/crons/count', {})).body).toBe(0);
  });

  it('abuse case 38: no id in a body leads a cron to another thread', async () => {
    const redirections = {
      thread_id: threadId,
      payload: { thread_id: threadId },
      config: { configurable: { thread_id: threadId, checkpoint_ns: '' } },
      checkpoint: { thread_id: threadId },
      command: { goto: 'x' },
      if_not_exists: 'create',
      run_id: uuid(),
      cron_id: cron.cron_id,
      user_id: 'alice',
    };
    const { cron_id } = await server.cronOf(bob, { ...redirections, on_run_completed: 'keep' });
    expect(await server.read(bob, cron_id)).toMatchObject({ thread_id: null, user_id: 'bob' });
    await bob('PATCH', `/runs/crons/${cron_id}`, { ...redirections, cron_id: undefined });
    await server.fire(bob, cron_id);
    const [run] = await server.runsOf(cron_id);
    expect(run.thread_id).not.toBe(threadId);
    expect(run).toMatchObject({ principal: { identity: 'bob' }, metadata: { owner: 'bob' } });
    expect(await alice('GET', `/threads/${run.thread_id}`)).toMatchObject({ status: 404 });
    expect((await alice('GET', `/threads/${threadId}/runs`)).body).toEqual([]);
    await bob('DELETE', `/runs/crons/${cron_id}`);
  });

  it('abuse case 40: their ids are the same in upper case', async () => {
    const upper = cron.cron_id.toUpperCase();
    expect(await server.read(alice, upper)).toEqual(cron);
    expect(await bob('GET', `/runs/crons/${upper}`)).toMatchObject({ status: 404 });
    const found = await alice('POST', '/runs/crons/search', { thread_id: threadId.toUpperCase() });
    expect(found.body).toMatchObject([{ cron_id: cron.cron_id }]);
  });

  it('abuse case 41: a change gives nothing away and takes nothing over', async () => {
    for (const owner of ['bob', null, ['alice'], { $ne: 1 }])
      expect(await alice('PATCH', `/runs/crons/${cron.cron_id}`, { metadata: { owner } })).toMatchObject({
        status: 403,
      });
    const mine = await server.cronOf(bob, { metadata: { owner: 'alice' } });
    expect(mine.metadata).toEqual({ owner: 'bob' });
    expect(await alice('GET', `/runs/crons/${mine.cron_id}`)).toMatchObject({ status: 404 });
    await bob('DELETE', `/runs/crons/${mine.cron_id}`);
    expect(await server.read(alice, cron.cron_id)).toEqual(cron);
  });

  it('are hidden from a search when their thread is, although the cron itself is visible', async () => {
    const thread_id = await server.newThread(alice);
    const { cron_id } = await server.cronOf(alice, { metadata: { lost: true } }, thread_id);
    const alone = await server.cronOf(alice, { metadata: { lost: true } });
    await server.asSystem((manager) => manager.update(Thread, { thread_id }, { metadata: { owner: 'bob' } }));
    const criteria = { metadata: { lost: true } };
    expect((await alice('POST', '/runs/crons/search', criteria)).body).toMatchObject([
      { cron_id: alone.cron_id },
    ]);
    expect((await alice('POST', '/runs/crons/count', criteria)).body).toBe(1);
    expect((await bob('POST', '/runs/crons/count', criteria)).body).toBe(0);
    expect(await alice('DELETE', `/runs/crons/${cron_id}`)).toMatchObject({ status: 204 });
  });

  describe('or of one’s own are searched', () => {
    let carol: Caller;
    let ids: string[];
    beforeAll(async () => {
      carol = await server.as('carol');
      ids = [];
      for (const index of [0, 1, 2, 3, 4])
        ids.push(
          (
            await server.cronOf(carol, {
              assistant_id: index === 4 ? 'steps' : 'chat',
              schedule: `0 0 ${10 - index} 1 *`,
              metadata: { index, tags: ['a', `t${index}`], nested: { even: index % 2 === 0 } },
              enabled: index !== 1,
            })
          ).cron_id,
        );
    });

    const search = async (criteria: object) => {
      const answer = await carol('POST', '/runs/crons/search', criteria);
      return { ids: (answer.body as CronBody[]).map(({ cron_id }) => ids.indexOf(cron_id)), answer };
    };

    it.each<[object, number[]]>([
      [{}, [4, 3, 2, 1, 0]],
      [{ sort_order: 'asc' }, [0, 1, 2, 3, 4]],
      [{ sort_by: 'cron_id', sort_order: 'asc' }, [0, 1, 2, 3, 4]],
      [{ sort_by: 'next_run_date', sort_order: 'asc' }, [4, 3, 2, 0, 1]],
      [{ sort_by: 'next_run_date', sort_order: 'desc' }, [0, 2, 3, 4, 1]],
      [{ sort_by: 'end_time', sort_order: 'asc' }, [0, 1, 2, 3, 4]],
      [{ sort_by: 'thread_id', sort_order: 'asc' }, [0, 1, 2, 3, 4]],
      [{ assistant_id: 'steps' }, [4]],
      [{ assistant_id: assistantIdOf('steps').toUpperCase() }, [4]],
      [{ enabled: false }, [1]],
      [{ enabled: true, limit: 2 }, [4, 3]],
      [{ limit: 2, offset: 4 }, [0]],
      [{ metadata: { index: 3 } }, [3]],
      [{ metadata: { tags: ['t2'] } }, [2]],
      [{ metadata: { nested: { even: true } } }, [4, 2, 0]],
      [{ metadata: { index: '3' } }, []],
      [{ thread_id: uuid() }, []],
    ])('by %j', async (criteria, expected) => {
      expect((await search(criteria)).ids).toEqual(expected);
      const {
        sort_by: _,
        sort_order: _order,
        limit,
        offset,
        ...counted
      } = criteria as Record<string, unknown>;
      if (limit === undefined && offset === undefined)
        expect((await carol('POST', '/runs/crons/count', counted)).body).toBe(expected.length);
    });

    it('page by page', async () => {
      const pages = await Promise.all([0, 2, 4].map((offset) => search({ limit: 2, offset })));
      expect(pages.flatMap((page) => page.ids)).toEqual([4, 3, 2, 1, 0]);
      expect(pages.map(({ answer }) => answer.headers.get('x-pagination-next'))).toEqual(['2', '4', null]);
    });

    it('for some of their fields', async () => {
      const { answer } = await search({ select: ['cron_id', 'metadata', 'now'], limit: 1 });
      expect(answer.body).toEqual([
        { cron_id: ids[4], metadata: expect.objectContaining({ index: 4 }), now: expect.any(String) },
      ]);
    });

    it.each([
      { limit: 0 },
      { limit: 1001 },
      { limit: '10' },
      { offset: -1 },
      { sort_by: 'principal' },
      { sort_by: 'created_at; drop' },
      { sort_order: 'up' },
      { select: ['principal'] },
      { select: 'cron_id' },
      { thread_id: { $ne: 1 } },
      { metadata: [] },
      { enabled: 'true' },
    ])('but not by %j: 422', async (criteria) => {
      expect(await carol('POST', '/runs/crons/search', criteria)).toMatchObject({ status: 422 });
    });
  });
});

/** Crons of a team, threads of their owners; the sharing of crons is narrowed by the handler. */
@Injectable()
class TeamPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run', 'assistants:create'])
  stamp({ user, value }: HandlerArgument<'threads:create' | 'threads:create_run' | 'assistants:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
  }

  @OnAuth('crons')
  team() {
    return { team: 'red' };
  }

  @OnAuth('crons', 'create')
  stampTeam({ user, value }: HandlerArgument<'crons:create'>) {
    value.metadata.team = 'red';
    value.payload.metadata.stamped_for = user.identity;
    Object.assign(value, { schedule: '* * * * *', user_id: 'root' });
  }

  @OnAuth('crons', 'search')
  narrow({ user, value }: HandlerArgument<'crons:search'>) {
    if (user.permissions.includes('wide')) return { team: 'red' };
    value.metadata = { ...value.metadata, public: true };
    value.limit = Math.min(value.limit, 2);
    return { team: 'red' };
  }

  @OnAuth('threads', 'search')
  threads({ user }: HandlerArgument<'threads:search'>) {
    if (user.permissions.includes('no-threads')) return false;
    return { owner: user.identity };
  }
}

describe.each(databases)('crons that a team shares on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: CronsApplication;

  beforeAll(async () => {
    database = await create();
    server = await startCrons(database, { policies: [TeamPolicy] });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('take from a handler the metadata of cron and runs, and nothing else', async () => {
    const cron = await server.cronOf(server.alice, { metadata: { mine: 1 } });
    expect(cron).toMatchObject({
      schedule: YEARLY.schedule,
      user_id: 'alice',
      metadata: { mine: 1, team: 'red' },
      payload: { metadata: { mine: 1, stamped_for: 'alice' } },
    });
    expect(cron.metadata).not.toHaveProperty('stamped_for');
  });

  it('fire as who created them, whoever changed them last', async () => {
    const { cron_id } = await server.cronOf(server.alice, { on_run_completed: 'keep' });
    await server.bob('PATCH', `/runs/crons/${cron_id}`, { metadata: { touched: true } });
    expect((await server.fire(server.bob, cron_id)).last_error).toBeNull();
    expect(await server.runsOf(cron_id)).toMatchObject([
      { principal: { identity: 'alice' }, metadata: { owner: 'alice', touched: true } },
    ]);
  });

  it('are searched as the handler narrows it, and without those of threads that the searcher does not see', async () => {
    const wide = await server.as('bob', { permissions: ['wide'] });
    const without = await server.as('alice', { permissions: ['wide', 'no-threads'] });
    const threadId = await server.newThread(server.alice);
    const scene = { scene: uuid() };
    const shared = [
      await server.cronOf(server.alice, { metadata: { ...scene, public: true } }),
      await server.cronOf(server.alice, { metadata: scene }),
      await server.cronOf(server.alice, { metadata: { ...scene, public: true } }, threadId),
    ];
    const found = async (caller: Caller) => {
      const body = { metadata: scene, sort_order: 'asc' };
      const crons = (await caller('POST', '/runs/crons/search', body)).body as CronBody[];
      expect((await caller('POST', '/runs/crons/count', body)).body).toBe(crons.length);
      return crons.map(({ cron_id }) => shared.findIndex((cron) => cron.cron_id === cron_id));
    };
    expect(await found(server.alice)).toEqual([0, 2]);
    expect(await found(wide)).toEqual([0, 1]);
    expect(await found(server.bob)).toEqual([0]);
    expect(await found(without)).toEqual([0, 1]);
  });
});
