import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ForbiddenException, Injectable } from '@nestjs/common';
import fc from 'fast-check';
import { OnAuth, runAsSystem, rowOf, type HandlerArgument } from '../../src/index.js';
import { createAuthTestBed, type AuthTestBed } from '../../src/testing/index.js';
import { newThread } from '../../src/threads/thread.factory.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../support/databases.js';

type Answer = (argument: HandlerArgument) => unknown;

/** Answers as the current case says, and by the handler that the current case says. */
@Injectable()
class DrawnPolicy {
  static answer: Answer = () => true;

  @OnAuth('threads')
  threads(argument: HandlerArgument<'threads'>) {
    return DrawnPolicy.answer(argument) as boolean;
  }

  @OnAuth('*', 'read')
  reads(argument: HandlerArgument<'*:read'>) {
    return DrawnPolicy.answer(argument) as boolean;
  }

  @OnAuth('threads', 'delete')
  deletes(argument: HandlerArgument<'threads:delete'>) {
    return DrawnPolicy.answer(argument) as boolean;
  }
}

const identity = fc.constantFrom('alice', 'bob', 'ålice', "o'brien", '"; --', 'true', '1');
const scalar = fc.oneof(identity, fc.constantFrom(null, true, false, 0, 1, -1, 0.1, '', 'x'));
const key = fc.constantFrom('owner', 'team', 'shared_with', 'a.b', '$x', '', "k'", 'owner ');
const filterKey = fc.constantFrom('owner', 'team', 'shared_with', 'a.b', "k'", 'owner ');
const metadata = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 4 });
const condition = fc.oneof(
  scalar,
  scalar.map((value) => ({ $ne: value })),
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ $in: values })),
  fc.boolean().map((exists) => ({ $exists: exists })),
  scalar.map((value) => ({ $contains: value })),
);
const field = fc.tuple(filterKey, condition).map(([name, value]) => ({ [name]: value }));
const { filter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((members) => ({ $or: members })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((members) => ({ $and: members })),
    tie('filter').map((member) => ({ $not: member })),
  ),
}));
const answer: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 8,
    arbitrary: filter.map(
      (drawn): Answer =>
        () =>
          drawn,
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom<Answer>(({ user }) => ({ owner: user.identity })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Answer>(
      () => true,
      () => false,
      () => undefined,
      () => ({}),
      () => 'yes',
      () => ({ owner: undefined }),
      () => Promise.resolve(false),
      () => {
        throw new ForbiddenException('not today');
      },
      () => {
        throw new Error('broken');
      },
      ({ value }) => {
        Object.assign(value, { thread_id: '00000000-0000-4000-8000-000000000001' });
      },
    ),
  },
);

interface Asked {
  readonly event: 'threads:read' | 'threads:update' | 'threads:search';
  readonly ask: (id: string) => { method: string; path: string; body?: object };
}
const ROUTES: readonly Asked[] = [
  { event: 'threads:read', ask: (id) => ({ method: 'GET', path: `/threads/${id}` }) },
  { event: 'threads:update', ask: (id) => ({ method: 'PATCH', path: `/threads/${id}`, body: {} }) },
  {
    event: 'threads:search',
    ask: (id) => ({ method: 'POST', path: '/threads/search', body: { ids: [id] } }),
  },
];
const NEVER = '01890000-0000-7000-8000-000000000000';

describe.each(databases)('an explanation on $dialect', ({ create }) => {
  let database: TestDatabase;
  let bed: AuthTestBed;

  beforeAll(async () => {
    database = await create();
    bed = await createAuthTestBed({ policies: [DrawnPolicy], databaseUrl: database.url });
  });
  afterAll(async () => {
    await bed.close();
    await database.drop();
  });

  async function store(content: Record<string, unknown>): Promise<string> {
    const thread = newThread(fc.sample(fc.uuid(), 1)[0], content);
    await runAsSystem('a drawn row', () => bed.repository(Thread).insert(rowOf<Thread>(thread)));
    return thread.thread_id;
  }

  it('has the status that the guard and the database answer with, over random policies, rows and principals', async () => {
    const seen = new Set<number>();
    const property = fc.asyncProperty(
      answer,
      metadata,
      identity,
      fc.constantFrom(...ROUTES),
      fc.integer({ min: 0, max: 9 }),
      async (drawn, content, who, { event, ask }, die) => {
        DrawnPolicy.answer = drawn;
        const id = die === 0 ? NEVER : await store(content);
        const user = { identity: who };
        const explained = await bed.explain(user, event, id);
        const { method, path, body } = ask(id);
        const answered = await bed.as(user).request(method, path, body);
        const isMissed = answered.text === '[]';
        expect(explained.status).toBe(isMissed ? 404 : answered.status);
        expect(explained.mismatch === undefined).toBe(
          explained.decision?.kind !== 'restrict' || !explained.row || explained.row.visible,
        );
        seen.add(explained.status);
      },
    );
    await fc.assert(property, { numRuns: 300 });
    expect([...seen].sort()).toEqual([200, 403, 404, 500]);
  }, 120_000);

  it('tells handler and shadows, decision, filter, SQL, row and the false predicate', async () => {
    DrawnPolicy.answer = ({ user }) => ({ $and: [{ team: 'blue' }, { owner: user.identity }] });
    const id = await store({ team: 'blue', owner: 'alice' });
    const explained = await bed.explain({ identity: 'bob' }, 'threads:read', id.toUpperCase());
    expect(explained).toMatchObject({
      handler: 'DrawnPolicy.threads',
      pattern: 'threads',
      shadows: ['DrawnPolicy.reads'],
      decision: { kind: 'restrict' },
      filter: 'team = "blue" and owner = "bob"',
      scopes: [{ table: 'thread', parameters: expect.arrayContaining([expect.stringContaining('"bob"')]) }],
      row: { table: 'thread', id, metadata: { team: 'blue', owner: 'alice' }, visible: false },
      mismatch: 'owner = "bob", but owner is "alice"',
      status: 404,
    });
  });

  it('tells that no handler covers the event', async () => {
    expect(await bed.explain({ identity: 'bob' }, 'assistants:update', 'agent')).toMatchObject({
      handler: undefined,
      decision: { kind: 'deny' },
      refusal: { status: 403 },
      row: { table: 'assistant', metadata: { created_by: 'system' }, visible: false },
      status: 403,
    });
  });

  it('asks for what else the request needs', async () => {
    DrawnPolicy.answer = () => true;
    const id = await store({});
    const refused = await bed.explain({ identity: 'bob' }, 'threads:create_run', id);
    expect(refused).toMatchObject({
      status: 422,
      refusal: { message: expect.stringContaining('assistant_id') },
      route: 'ThreadRunsController.create',
    });
    const body = { assistant_id: 'agent' };
    expect(await bed.explain({ identity: 'bob' }, 'threads:create_run', id, { body })).toMatchObject({
      status: 200,
    });
  });

  it('keeps the cause of a fault, which the answer does not', async () => {
    DrawnPolicy.answer = () => {
      throw new Error('the directory is down');
    };
    const id = await store({});
    expect(await bed.explain({ identity: 'bob' }, 'threads:read', id)).toMatchObject({
      status: 500,
      decision: undefined,
      refusal: { message: 'DrawnPolicy.threads failed on threads:read: the directory is down' },
      row: { visible: false },
    });
  });

  it('refuses an event that no route fires', async () => {
    await expect(
      bed.explain({ identity: 'bob' }, 'threads:reed' as 'threads:read', NEVER),
    ).rejects.toMatchObject({
      name: 'WiringError',
    });
  });
});
