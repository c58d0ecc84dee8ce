import { describe, expect, it } from '@jest/globals';
import { Auth } from '@langchain/langgraph-sdk/auth';
import { Auth as OlderAuth } from 'langgraph-sdk-2/auth';
import { handlersOf } from './langgraph-auth.handlers.js';
import { InvalidAuthError, parseLangGraphAuth } from './langgraph-auth.parser.js';

const SOURCE = './src/auth.ts:auth';
const authenticate = async (): Promise<string> => 'alice';
const callback = (): boolean => true;

describe('parseLangGraphAuth', () => {
  it.each([
    ['this', new Auth().authenticate(authenticate).on(['threads', '*:create'], callback)],
    ['the other', new OlderAuth().authenticate(authenticate).on(['threads', '*:create'], callback)],
  ])('reads the Auth object of %s line of the SDK', (_, auth) => {
    expect(parseLangGraphAuth(auth, SOURCE)).toEqual({
      authenticate,
      callbacks: { threads: callback, '*:create': callback },
    });
  });

  it('reads one without callbacks', () => {
    const auth = new Auth().authenticate(authenticate);
    expect(parseLangGraphAuth(auth, SOURCE)).toEqual({ authenticate, callbacks: {} });
  });

  const NO_AUTH = `${SOURCE} is no Auth object; export the new Auth() of @langchain/langgraph-sdk/auth that has the callbacks.`;
  const NO_AUTHENTICATE = `${SOURCE} has no callback to authenticate with; add .authenticate(...), so that callers can prove who they are.`;
  const withCallbacks = (callbacks: unknown) => ({ '~handlerCache': { authenticate, callbacks } });
  it.each([
    [undefined, NO_AUTH],
    ['auth', NO_AUTH],
    [authenticate, NO_AUTH],
    [{}, NO_AUTH],
    [{ '~handlerCache': 5 }, NO_AUTH],
    [{ '~handlerCache': null }, NO_AUTH],
    [new Auth(), NO_AUTHENTICATE],
    [new Auth().on('*', callback), NO_AUTHENTICATE],
    [{ '~handlerCache': { authenticate: 'alice' } }, NO_AUTHENTICATE],
    [withCallbacks({ threads: true }), `${SOURCE} has no function for .on("threads"); give it one.`],
    [
      withCallbacks(5),
      `${SOURCE} keeps its callbacks in a way that is not known; use the Auth of @langchain/langgraph-sdk/auth as it is.`,
    ],
  ])('refuses %p', (candidate, sentence) => {
    expect(() => parseLangGraphAuth(candidate, SOURCE)).toThrow(new InvalidAuthError(sentence));
  });
});

describe('handlersOf', () => {
  it('makes a handler of each callback, named by its event and its file', () => {
    expect(handlersOf({ '*': callback, 'threads:create': callback }, SOURCE)).toEqual([
      { pattern: '*', name: '.on("*") of ./src/auth.ts:auth', invoke: callback },
      { pattern: 'threads:create', name: '.on("threads:create") of ./src/auth.ts:auth', invoke: callback },
    ]);
  });
});
