import { AssertionError } from 'node:assert';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import { describe, expect, it } from '@jest/globals';
import { UnauthenticatedError } from './errors.js';
import { PassportAuthenticator, type AuthenticationStrategy } from './passport.authenticator.js';

interface Actions {
  success(user: unknown): void;
  fail(challenge?: string): void;
  pass(): void;
  redirect(url: string): void;
  error(error: unknown): void;
}

/** A strategy that does this when it is asked. */
const strategy = (
  act: (actions: Actions, request: object, options?: object) => void,
  name?: string,
): AuthenticationStrategy => ({
  ...(name !== undefined && { name }),
  authenticate(this: object, request, options) {
    act(this as Actions, request, options);
  },
});

const knows = (user: unknown): AuthenticationStrategy => strategy(({ success }) => success(user));
const asked = strategy(() => {
  throw new Error('asked');
});
const authenticateBy = async (...strategies: AuthenticationStrategy[]): Promise<unknown> =>
  new PassportAuthenticator({ strategies }).authenticate({});

describe('whoever asks', () => {
  it('is who the first strategy that succeeds says', async () => {
    expect(await authenticateBy(knows('alice'), asked)).toMatchObject({ identity: 'alice' });
  });

  it.each<[string, (actions: Actions) => void]>([
    ['fails', ({ fail }) => fail('Bearer')],
    ['passes', ({ pass }) => pass()],
    ['would send them elsewhere', ({ redirect }) => redirect('https://example.com')],
  ])('is asked for by the next strategy where one %s, and nobody after the last', async (_, act) => {
    expect(await authenticateBy(strategy(act), knows('bob'))).toMatchObject({ identity: 'bob' });
    await expect(authenticateBy(strategy(act))).rejects.toThrow(new UnauthenticatedError());
  });

  it.each([[undefined], [null], [{}], [{ identity: '' }]])(
    'is nobody where a strategy succeeds with %j, whatever the next one would say',
    async (user) => {
      await expect(authenticateBy(knows(user), knows('bob'))).rejects.toThrow(new UnauthenticatedError());
    },
  );

  it('is nobody where there is nobody to ask', async () => {
    await expect(authenticateBy()).rejects.toThrow(new UnauthenticatedError());
  });

  it('is asked for without a session, by the request as it came', async () => {
    const seen: unknown[] = [];
    const recording = strategy(({ success }, request, options) => {
      seen.push(request, options);
      success('alice');
    });
    const request = { headers: {} };
    await new PassportAuthenticator({ strategies: [recording] }).authenticate(request);
    expect(seen).toEqual([request, { session: false }]);
    expect(seen[0]).toBe(request);
  });

  it('is known at once where the strategy answers at once, and later where it has to wait', async () => {
    const ask = (...strategies: AuthenticationStrategy[]) =>
      new PassportAuthenticator({ strategies }).authenticate({});
    expect(
      ask(
        strategy(({ fail }) => fail()),
        knows('alice'),
      ),
    ).toMatchObject({ identity: 'alice' });
    const patient = strategy(({ success }) => void setImmediate(() => success('alice')));
    const later = ask(patient);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toMatchObject({ identity: 'alice' });
    expect(await authenticateBy(knows(Promise.resolve('alice')))).toMatchObject({ identity: 'alice' });
  });

  it.each<[string, (act: () => void) => void]>([
    ['at once', (act) => act()],
    ['later', (act) => void setImmediate(act)],
  ])('is who the first answer of a strategy says that gives two %s', async (_, when) => {
    const undecided = strategy(({ fail, success }) =>
      when(() => {
        fail();
        success('alice');
      }),
    );
    await expect(authenticateBy(undecided)).rejects.toThrow(new UnauthenticatedError());
  });

  it('is who the strategy has said before it fails', async () => {
    const failing = strategy(({ success }) => {
      success('alice');
      throw new Error('too late');
    });
    expect(await authenticateBy(failing)).toMatchObject({ identity: 'alice' });
  });

  it('is not taken for somebody else who asks at the same time', async () => {
    const waiting: Actions[] = [];
    const patient = strategy((actions) => waiting.push(actions));
    const both = [authenticateBy(patient), authenticateBy(patient)];
    waiting[1].success('bob');
    waiting[0].success('alice');
    expect(await Promise.all(both)).toMatchObject([{ identity: 'alice' }, { identity: 'bob' }]);
  });

  it.each<[string, unknown, object]>([
    ['an error', new Error('the directory is down'), { message: 'the directory is down' }],
    [
      'an answer of the SDK',
      new HTTPException(403, { message: 'locked out' }),
      { name: 'HandlerAnswer', status: 403, message: 'locked out' },
    ],
    [
      'an assertion with words',
      new AssertionError({ message: 'bad key' }),
      { name: 'UnauthenticatedError', message: 'bad key' },
    ],
    [
      'an assertion whose words node has made up',
      new AssertionError({ actual: 1, operator: 'ok' }),
      { name: 'UnauthenticatedError', message: 'Unauthorized' },
    ],
  ])('is refused by %s of a strategy, and no other one is asked', async (_, error, expected) => {
    const throws = strategy(() => {
      throw error;
    });
    const reports = strategy((actions) => actions.error(error));
    await expect(authenticateBy(throws, knows('bob'))).rejects.toMatchObject(expected);
    await expect(authenticateBy(reports, knows('bob'))).rejects.toMatchObject(expected);
  });
});

describe('the strategies', () => {
  it('are named in the order in which they are asked', () => {
    const strategies = [strategy(({ pass }) => pass(), 'jwt'), knows('alice')];
    expect(new PassportAuthenticator({ strategies }).strategyNames).toEqual(['jwt', '']);
  });
});
