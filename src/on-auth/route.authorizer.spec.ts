import { describe, expect, it } from '@jest/globals';
import type { Authorizer } from './authorizer.js';
import { ALLOW, DENY, type Decision } from './decision.js';
import type { AuthEvent } from './event.js';
import { parsePrincipal, type Principal } from './principal.js';
import { RouteAuthorizer } from './route.authorizer.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';

interface Paper {
  paper_id: unknown;
  title: string;
}

const alice = parsePrincipal('alice')!;
const access: AuthorizedAccess = {
  kind: 'authorized',
  event: 'papers:read' as unknown as AuthEvent,
  further: [],
  ids: [],
  fixed: ['paper_id'],
  input: {
    ids: {},
    carriers: [],
    parse: ({ params }) => Promise.resolve(params),
    value: (input, { identity }) => ({ ...(input as Paper), by: identity }) as never,
    accept: (input, value) => [input, value],
  },
};
const request = (params: Paper): RouteRequest => ({
  method: 'GET',
  url: '/',
  headers: {},
  params,
  query: {},
});

/** Has a request decided by a handler that does this with the value. */
function decide(handle: (value: Paper) => Decision, params: Paper = { paper_id: 'p1', title: 'On rope' }) {
  const authorizer = {
    decide: async (_principal: Principal, _event: string, value: Paper) => handle(value),
  } as unknown as Authorizer;
  return new RouteAuthorizer(authorizer).decide(access, alice, request(params));
}

describe('a request that is decided about', () => {
  it('has the value that the handler left, and the input with what the route takes of it', async () => {
    const value = { paper_id: 'p1', title: 'On wire', by: 'alice' };
    const decided = await decide((asked) => {
      asked.title = 'On wire';
      return ALLOW;
    });
    expect(decided).toEqual({
      value,
      decision: ALLOW,
      authorized: [{ paper_id: 'p1', title: 'On rope' }, value],
    });
  });

  it('has no input where it is denied, whatever the handler did to it', async () => {
    const decided = await decide((asked) => {
      asked.paper_id = 'p2';
      return DENY;
    });
    expect(decided).toEqual({ value: expect.objectContaining({ paper_id: 'p2' }), decision: DENY });
  });

  it.each<[string, (value: Paper) => unknown]>([
    ['another one', (asked) => (asked.paper_id = 'p2')],
    ['none', (asked) => Reflect.deleteProperty(asked, 'paper_id')],
    ['several', (asked) => (asked.paper_id = ['p1', 'p2'])],
  ])('cannot get %s for its id', async (_, change) => {
    const decided = decide((asked) => {
      change(asked);
      return ALLOW;
    });
    await expect(decided).rejects.toMatchObject({
      name: 'HandlerFaultError',
      message: 'the handler of papers:read changed paper_id; handlers cannot change ids',
    });
  });

  it('may get fewer of several ids', async () => {
    const papers = { paper_id: ['p1', 'p2'], title: 'On rope' };
    const decided = await decide((asked) => {
      asked.paper_id = ['p1'];
      return ALLOW;
    }, papers);
    expect(decided).toMatchObject({ value: { paper_id: ['p1'] }, decision: ALLOW });
  });
});
