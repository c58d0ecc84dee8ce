import { describe, expect, it } from '@jest/globals';
import type { Handler } from './handler.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerResolver } from './handler.resolver.js';

const handlerOf = (pattern: string, name = `handler of ${pattern}`): Handler => ({
  pattern,
  name,
  invoke: () => true,
});

function resolverOf(...patterns: readonly string[]): HandlerResolver {
  const registry = new HandlerRegistry();
  for (const pattern of patterns) registry.register(handlerOf(pattern));
  return new HandlerResolver(registry);
}

describe('the choice of a handler', () => {
  it.each([
    [['threads:read', 'threads', '*:read', '*'], 'threads:read'],
    [['*', '*:read', 'threads'], 'threads'],
    [['*', '*:read', 'assistants', 'threads:update'], '*:read'],
    [['*', '*:update'], '*'],
  ])('of %j is %s', (patterns, winner) => {
    expect(resolverOf(...patterns).resolve('threads:read')?.pattern).toBe(winner);
  });

  it('is nobody where none covers the event, however often it is asked', () => {
    const resolver = resolverOf('threads:update', 'assistants', '*:search');
    expect([resolver.resolve('threads:read'), resolver.resolve('threads:read')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(resolver.candidates('threads:read')).toEqual([]);
  });

  it('is the same for an event each time', () => {
    const registry = new HandlerRegistry();
    registry.register(handlerOf('*'));
    const resolver = new HandlerResolver(registry);
    const first = resolver.resolve('threads:read');
    registry.register(handlerOf('threads'));
    expect(resolver.resolve('threads:read')).toBe(first);
  });

  it('tells who else covers the event, the next one first', () => {
    const candidates = resolverOf('*', 'threads', 'threads:read').candidates('threads:read');
    expect(candidates.map(({ pattern }) => pattern)).toEqual(['threads:read', 'threads', '*']);
  });
});

describe('the registry of handlers', () => {
  it('keeps one for each pattern, and refuses a second one with both names', () => {
    const registry = new HandlerRegistry();
    const first = handlerOf('threads', 'A.read');
    registry.register(first);
    expect(() => registry.register(handlerOf('threads', 'B.read'))).toThrow(
      expect.objectContaining({
        name: 'WiringError',
        message: 'B.read and A.read both handle "threads"; remove one, exactly one handler decides.',
      }),
    );
    expect(registry.all()).toEqual([first]);
    expect(registry.get('threads')).toBe(first);
    expect(registry.get('assistants')).toBeUndefined();
  });
});
