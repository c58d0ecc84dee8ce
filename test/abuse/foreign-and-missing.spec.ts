import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { RouteRegistry } from '../../src/on-auth/index.js';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';

type Ids = Readonly<Record<'thread_id' | 'run_id' | 'assistant_id' | 'checkpoint_id' | 'cron_id', string>>;
interface Route {
  readonly method: string;
  readonly path: string;
}

const QUERIES = ['', '?wait=1', '?action=rollback', '?cancel_on_disconnect=1', '?delete_threads=true'];
/** Ids that a client chooses, or that are made for it, name no foreign row here. */
const CREATING = /^POST (\/threads|\/assistants|\/runs|\/runs\/(stream|wait|batch))$/;
const VARYING = new Set(['date', 'content-length', 'connection', 'keep-alive']);

describe.each(databases)('somebody else’s ids on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let bob: Caller;
  let foreign: Ids;
  let pending: string;
  let ownThread: string;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url, graphs: testGraphs });
    alice = await application.as('alice');
    bob = await application.as('bob');
    const thread_id = await idOf(alice('POST', '/threads', {}), 'thread_id');
    const runs = `/threads/${thread_id}/runs`;
    await alice('POST', `${runs}/wait`, {
      assistant_id: 'chat',
      input: { messages: [{ role: 'user', content: 'hi' }] },
    });
    const [{ run_id }] = (await alice('GET', runs)).body as [{ run_id: string }];
    const { checkpoint } = (await alice('GET', `/threads/${thread_id}/state`)).body as {
      checkpoint: { checkpoint_id: string };
    };
    const assistant_id = await idOf(alice('POST', '/assistants', { graph_id: 'chat' }), 'assistant_id');
    pending = await idOf(
      alice('POST', runs, { assistant_id: 'chat', input: null, after_seconds: 900 }),
      'run_id',
    );
    const yearly = { assistant_id: 'chat', schedule: '0 0 1 1 *' };
    const cron_id = await idOf(alice('POST', `${runs}/crons`, yearly), 'cron_id');
    foreign = { thread_id, run_id, assistant_id, checkpoint_id: checkpoint.checkpoint_id, cron_id };
    ownThread = await idOf(bob('POST', '/threads', { metadata: { graph_id: 'chat' } }), 'thread_id');
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  it('get the answer of ids that never existed, on every route, and change nothing (abuse cases 30 and 31)', async () => {
    const before = await everythingOfAlices();
    const missing: Ids = {
      thread_id: uuid(),
      run_id: uuid(),
      assistant_id: uuid(),
      checkpoint_id: uuid(),
      cron_id: uuid(),
    };
    for (const ids of [foreign, { ...foreign, run_id: pending }]) {
      for (const route of routesOf(application).filter(
        ({ method, path }) => !CREATING.test(`${method} ${path}`),
      )) {
        for (const query of QUERIES) {
          const [theirs, nobodys] = [await ask(route, ids, query), await ask(route, missing, query)];
          expect(`${route.method} ${route.path}${query} ${theirs}`).toBe(
            `${route.method} ${route.path}${query} ${nobodys}`,
          );
        }
      }
    }
    expect(await everythingOfAlices()).toEqual(before);
  }, 120_000);

  it.each(['run_id', 'checkpoint_id'] as const)(
    'are not found under a thread of one’s own: %s (abuse case 32)',
    async (name) => {
      const routes = routesOf(application).filter(
        ({ method, path }) =>
          path.startsWith('/threads/:thread_id') && path.includes(`:${name}`) && method !== 'PATCH',
      );
      for (const route of routes) {
        const theirs = await ask(route, { ...foreign, thread_id: ownThread }, '');
        const nobodys = await ask(route, { ...foreign, thread_id: ownThread, [name]: uuid() }, '');
        expect(`${route.method} ${route.path} ${theirs}`).toBe(`${route.method} ${route.path} ${nobodys}`);
      }
    },
  );

  async function ask({ method, path }: Route, ids: Ids, query: string): Promise<string> {
    const target = path.replace(/:(\w+)/g, (_, name: keyof Ids) => ids[name] ?? 'any') + query;
    const hasBody = method !== 'GET' && method !== 'DELETE';
    return comparable(await bob(method, target, hasBody ? bodyFor(ids) : undefined), ids);
  }

  async function everythingOfAlices(): Promise<unknown[]> {
    const { thread_id, assistant_id, cron_id } = foreign;
    const paths = [`/threads/${thread_id}`, `/threads/${thread_id}/runs`, `/threads/${thread_id}/history`];
    const others = [`/assistants/${assistant_id}`, `/runs/crons/${cron_id}`];
    const answers = [...paths, ...others].map((path) => alice('GET', path));
    return (await Promise.all(answers)).map(({ body }) => body);
  }
});

/** Fits every route that takes a body; what a route does not know it ignores. */
function bodyFor({ thread_id, run_id, assistant_id, checkpoint_id }: Ids): object {
  return {
    assistant_id,
    input: null,
    values: {},
    version: 1,
    schedule: '* * * * *',
    metadata: { changed: true },
    checkpoint: { checkpoint_id },
    ids: [thread_id],
    thread_ids: [thread_id],
    run_ids: [run_id],
    thread_id,
  };
}

/** Status, headers and body, with the ids of the request in a form that does not tell them apart. */
function comparable({ status, headers, text }: Answer, ids: Ids): string {
  const kept = [...headers].filter(([name]) => !VARYING.has(name));
  const lines = [status, ...kept.map((header) => header.join(': ')), text].join('\n');
  return Object.entries(ids).reduce((all, [name, id]) => all.replaceAll(id, `<${name}>`), lines);
}

function routesOf({ app }: TestApplication): readonly Route[] {
  const pathOf = (target: object): string => String(Reflect.getMetadata(PATH_METADATA, target));
  const declared = app.get(RouteRegistry).all();
  return declared.map(({ controller, method }) => ({
    method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as number],
    path: `/${pathOf(controller)}/${pathOf(method)}`.replaceAll(/\/+/g, '/').replace(/\/$/, ''),
  }));
}

async function idOf(answer: Promise<Answer>, name: string): Promise<string> {
  const { text, body } = await answer;
  const id: unknown = Reflect.get(body as object, name);
  if (typeof id !== 'string') throw new Error(`no ${name} in ${text}`);
  return id;
}
