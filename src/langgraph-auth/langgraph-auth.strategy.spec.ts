import { describe, expect, it } from '@jest/globals';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import { UnauthenticatedError } from '../on-auth/index.js';
import { LangGraphAuthStrategy, type AuthenticateCallback } from './langgraph-auth.strategy.js';

type Outcome = { user: unknown } | { error: unknown } | 'failed';

const REQUEST = {
  method: 'POST',
  url: '/threads/search?limit=1',
  headers: { host: 'api.example:8123', authorization: 'Bearer x', 'x-several': ['a', 'b'] },
};

/** What a strategy answers, by Passport's protocol. */
function outcomeOf(callback: AuthenticateCallback, request: object = REQUEST): Promise<Outcome> {
  return new Promise((resolve) => {
    const strategy = Object.assign(new LangGraphAuthStrategy(callback), {
      success: (user: unknown) => resolve({ user }),
      fail: () => resolve('failed'),
      error: (error: unknown) => resolve({ error }),
    });
    strategy.authenticate(request as typeof REQUEST);
  });
}

describe('The authenticate callback of a LangGraph project', () => {
  it.each([
    ['alice', { identity: 'alice' }],
    [{ identity: 'alice' }, { identity: 'alice', permissions: [] }],
    [
      { identity: 'alice', permissions: ['a'], role: 'admin' },
      { identity: 'alice', permissions: ['a'], role: 'admin' },
    ],
    [
      { identity: 'alice', permissions: 'all' },
      { identity: 'alice', permissions: [] },
    ],
  ])('names who is calling by %j', async (returned, user) => {
    expect(await outcomeOf(() => returned)).toEqual({ user });
    expect(await outcomeOf(async () => returned)).toEqual({ user });
  });

  it.each([undefined, null, 5, true])('proves nothing by %p', async (returned) => {
    expect(await outcomeOf(() => returned)).toBe('failed');
  });

  it('refuses in its own words', async () => {
    const error = new HTTPException(402, { message: 'pay first' });
    expect(await outcomeOf(() => Promise.reject(error))).toEqual({ error });
    expect(
      await outcomeOf(() => {
        throw error;
      }),
    ).toEqual({ error });
  });

  it('sees the request as the web knows it, without a body', async () => {
    const seen: Request[] = [];
    await outcomeOf((request) => seen.push(request));
    const [{ method, url, headers, body }] = seen;
    expect({ method, url, body }).toEqual({
      method: 'POST',
      url: 'http://api.example:8123/threads/search?limit=1',
      body: null,
    });
    expect(Object.fromEntries(headers)).toEqual({
      host: 'api.example:8123',
      authorization: 'Bearer x',
      'x-several': 'a, b',
    });
  });

  it.each([[{}], [{ host: '[' }], [{ host: 'a b' }]])(
    'is asked also where the host is %j',
    async (headers) => {
      const seen: string[] = [];
      await outcomeOf(({ url }) => seen.push(url), { ...REQUEST, headers });
      expect(seen).toEqual(['http://localhost/threads/search?limit=1']);
    },
  );

  it('is not asked about a request with several Authorization headers', async () => {
    const rawHeaders = ['Authorization', 'Bearer x', 'authorization', 'Bearer y'];
    const outcome = await outcomeOf(() => 'alice', { ...REQUEST, raw: { rawHeaders } });
    expect(outcome).toEqual({ error: expect.any(UnauthenticatedError) });
  });
});
