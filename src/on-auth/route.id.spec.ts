import { describe, expect, it } from '@jest/globals';
import type { AuthEvent } from './event.js';
import { declarationOf, fixedIdsOf, idsWithin, routeIdsOf, type RouteIds } from './route.id.js';

const READ = 'papers:read' as unknown as AuthEvent;
const SHELVES = 'shelves' as unknown as 'none';

describe('the ids of a route', () => {
  it('name rows of its event, and are answered with 404, unless they say otherwise', () => {
    const ids: RouteIds = {
      paper_id: 'body',
      shelf_id: { in: 'query', at: '[].shelf', resource: SHELVES, refusal: 'empty', rewritable: true },
    };
    expect(routeIdsOf(ids, READ, [])).toStrictEqual([
      {
        name: 'paper_id',
        in: 'body',
        at: 'paper_id',
        resource: 'papers',
        refusal: 404,
        rewritable: false,
      },
      {
        name: 'shelf_id',
        in: 'query',
        at: '[].shelf',
        resource: 'shelves',
        refusal: 'empty',
        rewritable: true,
      },
    ]);
  });

  it('are taken from the path where that has them, whatever else may carry them', () => {
    const ids = routeIdsOf({ paper_id: 'body', sheet_id: 'body' }, READ, ['paper_id']);
    expect(ids.map(({ in: source }) => source)).toEqual(['path', 'body']);
  });

  it('are not changed by handlers where they name a row as they stand', () => {
    const ids: RouteIds = {
      paper_id: 'path',
      shelf_id: { in: 'body', resource: SHELVES },
      namespace: { in: 'body', rewritable: true },
      cursor: { in: 'query', resource: 'none' },
      'sheet.paper_id': 'body',
    };
    expect(fixedIdsOf(ids)).toEqual(['paper_id', 'shelf_id']);
  });

  it('of an object are those of the field that holds it', () => {
    const shelf = { in: 'body', resource: SHELVES } as const;
    expect(idsWithin('sheet', { paper_id: 'body', shelf_id: shelf })).toStrictEqual({
      'sheet.paper_id': 'body',
      'sheet.shelf_id': shelf,
    });
  });

  it('may be declared by their place alone', () => {
    const declared = { in: 'query', refusal: 'null' } as const;
    expect([declarationOf('path'), declarationOf(declared)]).toStrictEqual([{ in: 'path' }, declared]);
  });
});
