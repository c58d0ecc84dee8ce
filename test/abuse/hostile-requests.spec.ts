import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RouteRegistry } from '../../src/on-auth/index.js';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const SELECTING = ['metadata', 'values', 'status', 'ids', 'limit', 'offset', 'sort_by', 'select', 'extract'];
const STATING = [
  'values',
  'as_node',
  'checkpoint',
  'checkpoint_id',
  'subgraphs',
  'before',
  'limit',
  'version',
];
const CREATING = ['metadata', 'config', 'context', 'name', 'ttl', 'if_exists', 'supersteps', 'description'];
const RUNNING = ['input', 'command', 'config', 'stream_mode', 'after_seconds', 'interrupt_before', 'webhook'];
const SCHEDULING = ['schedule', 'timezone', 'end_time', 'enabled', 'on_run_completed', 'metadata', 'config'];
const GROUPS = [
  SELECTING,
  STATING,
  CREATING,
  RUNNING,
  SCHEDULING,
  ['run_ids', 'thread_ids', 'thread_id', 'strategy'],
];

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 53,
    '',
    'x',
    'metadata',
    '__proto__',
    'a'.repeat(5_000),
  ),
  fc.constantFrom<unknown>([], {}, [null], [[]], ['values'], { $ne: 1 }, { ttl: 1e-9 }, { goto: 'nowhere' }),
  fc.constantFrom<unknown>({ messages: 7 }, { a: 'values.x[-1]' }, [{ updates: [{}] }], {
    checkpoint_map: 7,
  }),
  fc.jsonValue({ maxDepth: 3 }),
);
const bodies = fc.constantFrom(...GROUPS).chain((group) =>
  fc.uniqueArray(fc.constantFrom(...group), { minLength: 1, maxLength: 3 }).chain((fields) =>
    fc.record({
      graph_id: fc.constant('agent'),
      assistant_id: fc.constant('agent'),
      schedule: fc.constant('0 0 1 1 *'),
      ...Object.fromEntries(fields.map((field) => [field, odd])),
    }),
  ),
);
const queries = fc.constantFrom(
  '',
  '?limit=-1',
  '?select=x',
  '?before=%00',
  '?xray=999999999',
  '?subgraphs=maybe',
);
const oddSegments = fc.constantFrom('x', '%00', '..%2f', '%F0%9F%98%80', 'a'.repeat(300));

describe.each(databases)('hostile requests on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let ids: Readonly<Record<string, string>>;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
    const { thread_id } = (await alice('POST', '/threads', { metadata: { graph_id: 'agent' } })).body as {
      thread_id: string;
    };
    const cron = { assistant_id: 'agent', schedule: '0 0 1 1 *' };
    const { cron_id } = (await alice('POST', '/runs/crons', cron)).body as { cron_id: string };
    ids = { thread_id, assistant_id: 'agent', cron_id };
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  it('are refused in the one form of errors, and never with 500', async () => {
    // What deletes the world, and the stream that never ends, are asked elsewhere.
    const routes = routesOf(application).filter(
      ({ method, path }) => method !== 'DELETE' && path !== '/threads/:thread_id/stream',
    );
    const request = fc.tuple(fc.constantFrom(...routes), bodies, queries, oddSegments);
    await fc.assert(
      fc.asyncProperty(request, async ([{ method, path }, body, query, segment]) => {
        const target = path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? segment) + query;
        const { status, text } = await alice(method, target, method === 'GET' ? undefined : body);
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(text).toMatch(/^\{"detail":"([^"\\]|\\.)+"\}$/);
      }),
      // The same requests every time; another seed explores.
      { numRuns: 500, seed: Number(process.env.FUZZ_SEED ?? 1) },
    );
  }, 60_000);
});

function routesOf({ app }: TestApplication): readonly { readonly method: string; readonly path: string }[] {
  const pathOf = (target: object): string => String(Reflect.getMetadata(PATH_METADATA, target));
  const declared = app.get(RouteRegistry).all();
  return declared.map(({ controller, method }) => ({
    method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as number],
    path: `/${pathOf(controller)}/${pathOf(method)}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1'),
  }));
}
