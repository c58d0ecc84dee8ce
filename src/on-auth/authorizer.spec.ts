import { AssertionError } from 'node:assert';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import { describe, expect, it, jest } from '@jest/globals';
import { Logger, NotFoundException } from '@nestjs/common';
import { AuthorizationContext, runAsSystem, scopeOf } from './authorization.context.js';
import { Authorizer } from './authorizer.js';
import { ALLOW, DENY, type Decision } from './decision.js';
import { ForbiddenError, UnauthenticatedError } from './errors.js';
import type { AuthEvent, AuthValue } from './event.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerResolver } from './handler.resolver.js';
import { parsePrincipal } from './principal.js';

type Handle = (argument: never) => unknown;

Logger.overrideLogger(false);
const alice = parsePrincipal({ identity: 'alice', permissions: ['read'] })!;
const value = { paper_id: 'p1' } as unknown as AuthValue<AuthEvent>;
const [READ, LEND] = ['papers:read', 'books:lend'] as unknown as [AuthEvent, AuthEvent];

/** An authorizer with these handlers by their patterns. */
function authorizerOf(handlers: Readonly<Record<string, Handle>>, handlerTimeoutMs = 1000): Authorizer {
  const registry = new HandlerRegistry();
  for (const [pattern, invoke] of Object.entries(handlers))
    registry.register({
      pattern,
      name: `Policy of ${pattern}`,
      invoke: invoke as (argument: unknown) => unknown,
    });
  const options = { strategies: [], handlers: [], knownEvents: [], handlerTimeoutMs };
  return new Authorizer(new HandlerResolver(registry), { ...options, admission: { admit: () => undefined } });
}

const decideBy = async (handle: Handle, timeoutMs?: number): Promise<Decision> =>
  authorizerOf({ papers: handle }, timeoutMs).decide(alice, READ, value);

const throwing =
  (error: unknown): Handle =>
  () => {
    throw error;
  };
const restricted = { kind: 'restrict', filter: { kind: 'equals', key: 'owner', value: 'alice' } };

describe('a decision', () => {
  it('is no where no handler covers the event', async () => {
    expect(await authorizerOf({ books: () => true }).decide(alice, READ, value)).toBe(DENY);
  });

  it('is asked of the handler once, with all that it is about', async () => {
    const handle = jest.fn(() => true);
    expect(await decideBy(handle)).toBe(ALLOW);
    expect(handle.mock.calls).toEqual([
      [{ event: READ, resource: 'papers', action: 'read', value, user: alice, permissions: ['read'] }],
    ]);
  });

  it.each<[string, Handle]>([
    ['an answer', () => ({ owner: 'alice' })],
    ['the promise of one', () => Promise.resolve({ owner: 'alice' })],
    [
      'what can be awaited as one',
      () => ({ then: (settle: (answer: object) => void) => settle({ owner: 'alice' }) }),
    ],
  ])('is read from %s', async (_, handle) => {
    expect(await decideBy(handle)).toEqual(restricted);
  });

  it.each([[undefined], [null], [true]])('is yes where the answer is %j', async (answer) => {
    expect(await decideBy(() => answer)).toBe(ALLOW);
    expect(await decideBy(() => Promise.resolve(answer))).toBe(ALLOW);
  });

  it('may be a filter by a key that is named like the method of a promise', async () => {
    expect(await decideBy(() => ({ then: 'alice' }))).toEqual({
      kind: 'restrict',
      filter: { kind: 'equals', key: 'then', value: 'alice' },
    });
  });

  it.each<[string, Error]>([
    ['an HttpException', new NotFoundException('no such paper')],
    ['a refusal', new ForbiddenError('not today')],
    ['a doubt about who asks', new UnauthenticatedError('your key has been taken away')],
  ])('is the answer where the handler throws one: %s', async (_, error) => {
    await expect(decideBy(throwing(error))).rejects.toBe(error);
    await expect(decideBy(() => Promise.reject(error))).rejects.toBe(error);
  });

  it('is the answer where the handler throws one of the SDK', async () => {
    await expect(decideBy(throwing(new HTTPException(402, { message: 'pay' })))).rejects.toMatchObject({
      name: 'HandlerAnswer',
      status: 402,
      message: 'pay',
    });
  });

  it.each([
    ['with its words', new AssertionError({ message: 'not yours' }), 'not yours'],
    ['without the words that node makes up', new AssertionError({ actual: 1, operator: 'ok' }), 'Forbidden'],
  ])('is a refusal where an assertion fails, %s', async (_, error, message) => {
    const refusal = await decideBy(throwing(error)).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(ForbiddenError);
    expect(refusal).toMatchObject({ message });
  });

  it.each<[string, Handle, unknown]>([
    ['fails', throwing(new TypeError('broken')), expect.objectContaining({ message: 'broken' })],
    [
      'fails in time',
      () => Promise.reject(new TypeError('broken')),
      expect.objectContaining({ message: 'broken' }),
    ],
    ['throws what is no error', throwing('broken'), 'broken'],
    ['gives no decision', () => 'yes', expect.objectContaining({ name: 'InvalidDecisionError' })],
  ])('is a fault of the handler that %s, which keeps its cause', async (_, handle, cause) => {
    await expect(decideBy(handle)).rejects.toMatchObject({
      name: 'HandlerFaultError',
      message: 'Policy of papers failed on papers:read',
      cause,
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['an error, with where it comes from', new TypeError('broken'), /: TypeError: broken\n +at /],
    ['what is no error', 'broken', /: broken$/],
  ])('tells the operator of %s, which nobody else is told', async (_, thrown, told) => {
    const log = jest.spyOn(Logger.prototype, 'error');
    await expect(decideBy(throwing(thrown))).rejects.toThrow('Policy of papers failed on papers:read');
    expect(log.mock.lastCall?.[0]).toMatch(told);
    log.mockRestore();
  });

  it('is a fault of the handler that does not settle in time', async () => {
    await expect(decideBy(() => new Promise(() => undefined), 5)).rejects.toMatchObject({
      name: 'HandlerFaultError',
      cause: expect.objectContaining({ message: 'Policy of papers did not settle in time' }),
    });
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await decideBy(() => Promise.resolve(true), 60_000);
    expect(timers()).toBe(before);
  });
});

describe('a further decision', () => {
  const lending = { papers: () => ({ owner: 'alice' }), books: () => true };
  const scope = scopeOf(alice, 'papers', ALLOW);
  const decisions = (): [string, string][] => {
    const current = AuthorizationContext.current();
    if (current?.kind !== 'principal') return [];
    return [...current.decisions].map(([resource, { kind }]) => [resource, kind]);
  };
  const within = <T>(fn: () => T): T => AuthorizationContext.run(scope, fn);

  it('holds alone within its own scope, and only there', async () => {
    const authorizer = authorizerOf(lending);
    await within(async () => {
      expect(await authorizer.within(LEND, value, decisions)).toEqual([['books', 'allow']]);
      expect(await authorizer.within(READ, value, decisions)).toEqual([['papers', 'restrict']]);
      expect(decisions()).toEqual([['papers', 'allow']]);
    });
  });

  it('may be taken first, and held to later', async () => {
    const authorizer = authorizerOf(lending);
    const run = await within(() => authorizer.grant(LEND, value));
    expect(decisions()).toEqual([]);
    expect(run(decisions)).toEqual([['books', 'allow']]);
    expect(run(() => AuthorizationContext.principal())).toBe(alice);
  });

  it('refuses before anything is done', async () => {
    const fn = jest.fn();
    await expect(within(() => authorizerOf({ books: () => false }).within(LEND, value, fn))).rejects.toThrow(
      ForbiddenError,
    );
    expect(fn).not.toHaveBeenCalled();
  });

  it.each([
    ['allow', () => true],
    ['deny', () => false],
  ])('holds beside the surrounding ones, being %s', async (kind, books) => {
    const beside = await within(() => authorizerOf({ books }).besides(LEND, value, decisions));
    expect(beside).toEqual([
      ['papers', 'allow'],
      ['books', kind],
    ]);
  });

  it('leaves the principal who it was', async () => {
    const asked = within(() =>
      authorizerOf(lending).besides(LEND, value, () => AuthorizationContext.principal()),
    );
    expect(await asked).toBe(alice);
  });

  it.each<[string, (fn: () => Promise<unknown>) => Promise<unknown>, AuthEvent]>([
    ['about one resource twice', within, READ],
    ['for nobody', (fn) => fn(), LEND],
    ['for the system', (fn) => runAsSystem('a test', fn), LEND],
  ])('is never taken beside others %s', async (_, around, event) => {
    const handle = jest.fn(() => true);
    const asked = around(() => authorizerOf({ '*': handle }).besides(event, value, decisions));
    await expect(asked).rejects.toMatchObject({
      name: 'ScopeMissingError',
      message: `${event} cannot be decided beside the surrounding scope`,
    });
    expect(handle).not.toHaveBeenCalled();
  });
});
