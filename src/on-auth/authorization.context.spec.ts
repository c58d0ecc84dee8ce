import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { AuthorizationContext, runAsSystem, scopeOf } from './authorization.context.js';
import { ALLOW } from './decision.js';
import { parsePrincipal } from './principal.js';

const scope = () => scopeOf(parsePrincipal('alice')!, 'threads', ALLOW);
const missing = (message: string): unknown => expect.objectContaining({ name: 'ScopeMissingError', message });

describe('the authorization context', () => {
  it('is empty outside of everything, and where it was only opened', () => {
    expect(AuthorizationContext.current()).toBeUndefined();
    expect(AuthorizationContext.open(() => AuthorizationContext.current())).toBeUndefined();
  });

  it('holds what it was filled with, and is filled once', () => {
    AuthorizationContext.open(() => {
      const filled = scope();
      AuthorizationContext.fill(filled);
      expect(AuthorizationContext.current()).toBe(filled);
      expect(() => AuthorizationContext.fill(scope())).toThrow(
        missing('the authorization context is already filled'),
      );
      expect(AuthorizationContext.current()).toBe(filled);
    });
    expect(AuthorizationContext.current()).toBeUndefined();
  });

  it('cannot be filled before it is opened', () => {
    expect(() => AuthorizationContext.fill(scope())).toThrow(
      missing('no authorization context is open: the request did not pass its hook'),
    );
  });

  it('is another one inside of run, and the same after it', () => {
    const [outer, inner] = [scope(), scope()];
    AuthorizationContext.run(outer, () => {
      expect(AuthorizationContext.run(inner, () => AuthorizationContext.current())).toBe(inner);
      expect(AuthorizationContext.current()).toBe(outer);
    });
  });

  it('knows the principal, and has none for the system or nobody', () => {
    const none = missing('no principal: nobody was authorized here');
    expect(AuthorizationContext.run(scope(), () => AuthorizationContext.principal().identity)).toBe('alice');
    expect(() => AuthorizationContext.principal()).toThrow(none);
    expect(() => AuthorizationContext.open(() => AuthorizationContext.principal())).toThrow(none);
    expect(() => runAsSystem('a test', () => AuthorizationContext.principal())).toThrow(none);
  });

  it('hands on the input that was decided about, and has none elsewhere', () => {
    const input = { thread_id: '1' };
    expect(AuthorizationContext.input()).toBeUndefined();
    AuthorizationContext.open(() => {
      AuthorizationContext.fill(scope(), input);
      expect(AuthorizationContext.input()).toBe(input);
      expect(AuthorizationContext.run(scope(), () => AuthorizationContext.input())).toBeUndefined();
    });
  });

  it('knows since when a request is on its way, in the scopes within it as well', async () => {
    const before = performance.now();
    await AuthorizationContext.open(async () => {
      const since = AuthorizationContext.since();
      expect(since).toBeGreaterThanOrEqual(before);
      await sleep(5);
      expect(AuthorizationContext.since()).toBe(since);
      expect(AuthorizationContext.run(scope(), () => AuthorizationContext.since())).toBe(since);
      expect(runAsSystem('a test', () => AuthorizationContext.since())).toBe(since);
    });
  });

  it('takes for the start what is asked outside of a request', () => {
    const before = performance.now();
    expect(AuthorizationContext.since()).toBeGreaterThanOrEqual(before);
  });

  it('says why the system is at work', () => {
    const system = runAsSystem('a test', () => AuthorizationContext.current());
    expect(system).toStrictEqual({ kind: 'system', reason: 'a test' });
    expect(Object.isFrozen(system)).toBe(true);
  });

  it('holds exactly one decision where it is made of one', () => {
    const { kind, principal, decisions } = scope();
    expect([kind, principal.identity, [...decisions]]).toEqual(['principal', 'alice', [['threads', ALLOW]]]);
    expect(Object.isFrozen(scope())).toBe(true);
  });
});
