import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import {
  createAssistant,
  startAssistants,
  type AssistantBody,
  type AssistantsServer,
} from './support/assistants.server.js';

/** Names that mean something to LIKE, to SQL or to JSON. */
const HOSTILE_NAMES = [
  '100%',
  'a_b',
  'a!b',
  "O'Brien",
  'say "hi"',
  'back\\slash',
  'semi; DROP',
  ':name',
  '$1',
  '%%',
];

const MINE = { metadata: { suite: 'search' } };

describe.each(databases)('searching assistants on $dialect', ({ create }) => {
  let server: AssistantsServer;

  beforeAll(async () => {
    server = await startAssistants(create);
    const { alice } = server;
    await createAssistant(alice, {
      name: 'Alpha',
      metadata: { suite: 'search', team: { id: 1, tags: ['x', 'y'] } },
    });
    await createAssistant(alice, {
      name: 'beta',
      metadata: { suite: 'search', team: { id: '1' } },
      graph_id: 'steps',
    });
    await createAssistant(alice, { name: 'Gamma Über', metadata: { suite: 'search', nothing: null } });
    for (const name of HOSTILE_NAMES) await createAssistant(alice, { name, metadata: { suite: 'hostile' } });
  });
  afterAll(() => server.stop());

  async function names(criteria: object): Promise<readonly string[]> {
    const search = { sort_by: 'name', sort_order: 'asc', limit: 100, ...criteria };
    const { status, body, text } = await server.alice('POST', '/assistants/search', search);
    expect([status, text]).toEqual([200, text]);
    return (body as AssistantBody[]).map(({ name }) => name);
  }

  it.each<[object, readonly string[]]>([
    [{ suite: 'search' }, ['Alpha', 'Gamma Über', 'beta']],
    [{ suite: 'search', team: { id: 1 } }, ['Alpha']],
    [{ suite: 'search', team: { id: '1' } }, ['beta']],
    [{ suite: 'search', team: { tags: ['y'] } }, ['Alpha']],
    [{ suite: 'search', team: { tags: ['y', 'z'] } }, []],
    [{ suite: 'search', nothing: null }, ['Gamma Über']],
    [{ suite: 'search', "it's": 1 }, []],
    [{ suite: 'search', __proto__x: 1 }, []],
  ])('finds by contained metadata %j', async (metadata, expected) => {
    expect(await names({ metadata })).toEqual(expected);
  });

  it('finds by graph', async () => {
    expect(await names({ ...MINE, graph_id: 'steps' })).toEqual(['beta']);
    expect(await names({ ...MINE, graph_id: 'nope' })).toEqual([]);
  });

  it.each([
    ['ALPH', ['Alpha']],
    ['A', ['Alpha', 'Gamma Über', 'beta']],
    ['über', ['Gamma Über']],
    ['a u\u0308', ['Gamma Über']],
    ['', ['Alpha', 'Gamma Über', 'beta']],
    ['nothing', []],
  ])('finds by any part of the name, whatever its case: %s', async (name, expected) => {
    expect(await names({ ...MINE, name })).toEqual(expected);
  });

  it.each(HOSTILE_NAMES)('takes the name %s letter by letter', async (name) => {
    const expected = HOSTILE_NAMES.filter((other) => other.includes(name)).sort();
    expect(await names({ metadata: { suite: 'hostile' }, name })).toEqual(expected);
  });

  it.each([
    ['%', ['%%', '100%']],
    ['_', ['a_b']],
    ['!', ['a!b']],
    ['\\', ['back\\slash']],
  ])('finds names that really have a %s', async (name, expected) => {
    expect(await names({ metadata: { suite: 'hostile' }, name })).toEqual(expected);
  });

  it('sorts by every field it names, both ways', async () => {
    expect(await names({ ...MINE, sort_by: 'created_at' })).toEqual(['Alpha', 'beta', 'Gamma Über']);
    expect(await names({ ...MINE, sort_by: 'created_at', sort_order: 'desc' })).toEqual([
      'Gamma Über',
      'beta',
      'Alpha',
    ]);
    expect(await names({ ...MINE, sort_by: 'graph_id', sort_order: 'desc' })).toEqual([
      'beta',
      'Gamma Über',
      'Alpha',
    ]);
    for (const sort_by of ['assistant_id', 'updated_at'])
      expect(await names({ ...MINE, sort_by })).toHaveLength(3);
  });

  it('gives the newest first unless told otherwise', async () => {
    const { body } = await server.alice('POST', '/assistants/search', MINE);
    expect((body as AssistantBody[]).map(({ name }) => name)).toEqual(['Gamma Über', 'beta', 'Alpha']);
  });

  it('gives only the selected fields', async () => {
    const { body } = await server.alice('POST', '/assistants/search', {
      ...MINE,
      limit: 1,
      select: ['name', 'version'],
    });
    expect(body).toEqual([{ name: 'Gamma Über', version: 1 }]);
  });

  it('says where the next page begins as long as there is one', async () => {
    const page = (offset: number) =>
      server.alice('POST', '/assistants/search', { ...MINE, limit: 2, offset, sort_by: 'name' });
    const [first, second, third] = [await page(0), await page(2), await page(4)];
    expect(first.headers.get('x-pagination-next')).toBe('2');
    expect([second, third].map(({ headers }) => headers.get('x-pagination-next'))).toEqual([null, null]);
    expect([first, second, third].map(({ body }) => (body as unknown[]).length)).toEqual([2, 1, 0]);
  });

  it('counts everything only when asked to', async () => {
    const search = (headers?: Record<string, string>) =>
      server.alice('POST', '/assistants/search', { ...MINE, limit: 1 }, headers);
    expect((await search()).headers.get('x-pagination-total')).toBeNull();
    expect((await search({ prefer: 'count=exact' })).headers.get('x-pagination-total')).toBe('3');
  });

  it('counts what a search would find', async () => {
    const count = async (criteria: object) =>
      (await server.alice('POST', '/assistants/count', criteria)).body;
    expect(await count(MINE)).toBe(3);
    expect(await count({ ...MINE, graph_id: 'steps' })).toBe(1);
    expect(await count({ ...MINE, name: 'a', metadata: { team: { id: 1 } } })).toBe(1);
    expect(await count({ name: 'nothing' })).toBe(0);
  });

  it.each<[string, unknown]>([
    ['limit', 0],
    ['limit', 1001],
    ['limit', '10'],
    ['limit', 1.5],
    ['offset', -1],
    ['offset', 2 ** 53],
    ['sort_by', 'metadata'],
    ['sort_by', 'created_at; DROP TABLE assistant'],
    ['sort_order', 'up'],
    ['select', ['secret']],
    ['select', ['folded_name']],
    ['metadata', []],
    ['metadata', { list: Array.from({ length: 201 }, (_, index) => index) }],
    ['graph_id', {}],
    ['name', ['a']],
    ['name', 'n'.repeat(1001)],
  ])('names %s when it is %j', async (field, value) => {
    const answer = await server.alice('POST', '/assistants/search', { [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({ detail: expect.stringContaining(field) });
  });
});
