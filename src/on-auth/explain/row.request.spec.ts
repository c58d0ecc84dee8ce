import { describe, expect, it } from '@jest/globals';
import { Controller, type Type } from '@nestjs/common';
import type { AuthEvent } from '../event.js';
import type { DeclaredRoute } from '../route.explorer.js';
import { routeIdsOf, type RouteIds } from '../route.id.js';
import { idNamedBy, isOwnRoute, requestNaming, routeFor, type FiringRoute } from './row.request.js';

@Controller('papers')
class PapersController {}
@Controller('shelves')
class ShelvesController {}

interface Declared {
  readonly name?: string;
  readonly event?: string;
  readonly controller?: Type;
  readonly verb?: string;
}

/** A route that takes these ids. */
function routeWith(ids: RouteIds, declared: Declared = {}): FiringRoute {
  const { name = 'read', event = 'papers:read', controller = PapersController, verb = 'GET' } = declared;
  const known = event as unknown as AuthEvent;
  return {
    name,
    verb,
    controller,
    paths: [],
    parameters: [],
    method: () => undefined,
    access: {
      kind: 'authorized',
      event: known,
      further: [],
      fixed: [],
      ids: routeIdsOf(ids, known, []),
      input: { ids, carriers: [], parse: () => ({}), value: () => ({}), accept: () => ({}) },
    },
  };
}

const open: DeclaredRoute = { ...routeWith({}, { name: 'open' }), access: { kind: 'public' } };
const nameOf = (routes: readonly DeclaredRoute[], name?: string): string | undefined =>
  routeFor('papers:read', routes, name)?.name;

describe('the route that stands for an event', () => {
  it('is one that fires it, or none', () => {
    const other = routeWith({}, { name: 'lend', event: 'papers:lend' });
    expect(nameOf([open, other, routeWith({})])).toBe('read');
    expect(nameOf([open, other])).toBeUndefined();
    expect(nameOf([])).toBeUndefined();
  });

  it('is the one that is named, if it fires the event', () => {
    const routes = [
      routeWith({}),
      routeWith({}, { name: 'copy' }),
      routeWith({}, { name: 'lend', event: 'x:y' }),
    ];
    expect([nameOf(routes, 'copy'), nameOf(routes, 'lend')]).toEqual(['copy', undefined]);
  });

  const inPath: RouteIds = { paper_id: 'path' };
  const inBody: RouteIds = { paper_id: 'body' };
  it.each<[string, FiringRoute, FiringRoute]>([
    [
      "of the resource's own controller, rather than one that names its row in the path",
      routeWith(inBody, { name: 'chosen' }),
      routeWith(inPath, { controller: ShelvesController }),
    ],
    [
      'that names its row in the path, rather than one that needs fewer ids',
      routeWith({ paper_id: 'path', sheet_id: 'path' }, { name: 'chosen' }),
      routeWith(inBody),
    ],
    [
      'that needs the fewest ids',
      routeWith(inPath, { name: 'chosen' }),
      routeWith({ paper_id: 'path', sheet_id: 'path' }),
    ],
    ['that comes first, of two alike', routeWith(inPath, { name: 'chosen' }), routeWith(inPath)],
  ])('is the one %s', (title, chosen, other) => {
    expect(nameOf([chosen, other])).toBe('chosen');
    if (!title.includes('first')) expect(nameOf([other, chosen])).toBe('chosen');
  });

  it("is of the resource's own controller where that has the path of the resource", () => {
    expect(isOwnRoute(routeWith({}))).toBe(true);
    expect(isOwnRoute(routeWith({}, { controller: ShelvesController }))).toBe(false);
    expect(isOwnRoute(open)).toBe(false);
  });
});

describe('the request that names a row', () => {
  it.each<[string, RouteIds, object]>([
    ['the path', { paper_id: 'path' }, { params: { paper_id: 'p1' } }],
    ['the query', { paper_id: 'query' }, { query: { paper_id: 'p1' } }],
    ['the body', { paper_id: 'body' }, { body: { paper_id: 'p1' } }],
    ['a list in the body', { ids: 'body', paper_ids: 'body' }, { body: { ids: ['p1'], paper_ids: ['p1'] } }],
    ['a list in the query', { paper_ids: 'query' }, { query: { paper_ids: ['p1'] } }],
    [
      'what is no list, though it sounds like one',
      { grids: 'body', ids_of: 'body' },
      { body: { grids: 'p1', ids_of: 'p1' } },
    ],
    [
      'the path alone, where it could be elsewhere as well',
      { paper_id: 'path', copy_of: 'body' },
      { params: { paper_id: 'p1' } },
    ],
    ['no id of another resource', { shelf_id: { in: 'path', resource: 'shelves' as never } }, {}],
    [
      'no id within a field, nor elsewhere than it says',
      { 'sheet.paper_id': 'body', paper_id: { in: 'body', at: 'paper' } },
      {},
    ],
  ])('has its id in %s', (_, ids, place) => {
    const nothing = { method: 'GET', url: '/', headers: {}, params: {}, query: {}, body: {} };
    expect(requestNaming('p1', routeWith(ids))).toStrictEqual({ ...nothing, ...place });
  });

  it('has the body that is given with it', () => {
    const { body } = requestNaming('p1', routeWith({ paper_id: 'body', copy_of: 'body' }), { copy_of: 'p2' });
    expect(body).toStrictEqual({ paper_id: 'p1', copy_of: 'p2' });
  });

  it.each(['MESSAGE', 'EVENT'])('is a message where its handler takes one: %s', (verb) => {
    const data = { paper_id: 'p1', copy_ids: ['p1'], title: 'On rope' };
    const route = routeWith({ paper_id: 'body', copy_ids: 'body' }, { verb });
    expect(requestNaming('p1', route, { title: 'On rope' })).toMatchObject({
      method: 'MESSAGE',
      headers: {},
      params: data,
      body: data,
    });
    expect(requestNaming('p1', route)).toMatchObject({ body: { paper_id: 'p1', copy_ids: ['p1'] } });
  });
});

describe('the row that the value of an event names', () => {
  it.each<[string, RouteIds, object, string | undefined]>([
    ['by its id', { paper_id: 'path' }, { paper_id: 'p1' }, 'p1'],
    ['by the first of a list', { ids: 'body' }, { ids: ['p1', 'p2'] }, 'p1'],
    ['by the first id that it has', { copy_of: 'body', paper_id: 'body' }, { paper_id: 'p1' }, 'p1'],
    ['by text alone', { copy_of: 'body', paper_id: 'body' }, { copy_of: 7, paper_id: 'p1' }, 'p1'],
    ['not at all', { paper_id: 'path' }, { copy_of: 'p1' }, undefined],
  ])('is told %s', (_, ids, value, expected) => {
    expect(idNamedBy(value, routeWith(ids))).toBe(expected);
  });
});
