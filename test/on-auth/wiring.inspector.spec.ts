import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { WiringError } from '../../src/on-auth/index.js';
import { WiringInspector } from '../../src/on-auth/wiring.inspector.js';

const handler = (pattern: string) => ({ pattern, name: `.on("${pattern}")`, invoke: () => true });
const FIRED = ['threads:create', 'threads:read'];
const KNOWN = ['threads:create', 'threads:read', 'crons:create', 'store:put'];

describe('the inspection of handlers', () => {
  const lines: unknown[] = [];

  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void lines.push(line));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const inspect = (patterns: readonly string[], known?: readonly string[]) =>
    new WiringInspector().inspect(patterns.map(handler), FIRED, known);

  it.each(['*', 'threads', 'threads:read', '*:create'])(
    'says nothing of a handler for %s that is asked',
    (pattern) => {
      inspect([pattern, '*'], KNOWN);
      expect(lines).toEqual([]);
    },
  );

  it.each(['store', 'store:put', '*:put', 'crons:create'])(
    'accepts a handler for %s, a known event that no route fires, with a line in the log',
    (pattern) => {
      inspect(['*', pattern], KNOWN);
      expect(lines).toEqual([`.on("${pattern}") is never asked: no route fires "${pattern}" yet.`]);
    },
  );

  it.each(['store', 'store:put', '*:put'])(
    'refuses a handler for %s where the event is not known',
    (pattern) => {
      expect(() => inspect(['*', pattern])).toThrow(
        new WiringError(
          `.on("${pattern}") handles "${pattern}", but no route fires that event. Known: threads:create, threads:read.`,
        ),
      );
    },
  );

  it.each([
    ['threads:crate', 'threads:create, threads:read'],
    ['store:crate', 'store:put'],
    ['*:crate', 'threads:create, threads:read, crons:create, store:put'],
    ['thread', 'threads:create, threads:read, crons:create, store:put'],
    ['', 'threads:create, threads:read, crons:create, store:put'],
  ])('refuses a handler for "%s" though events are known', (pattern, known) => {
    expect(() => inspect(['*', pattern], KNOWN)).toThrow(
      new WiringError(
        `.on("${pattern}") handles "${pattern}", but no route fires that event. Known: ${known}.`,
      ),
    );
  });

  it('refuses a handler where no event is known at all', () => {
    expect(() => new WiringInspector().inspect([handler('threads')], [])).toThrow(
      new WiringError('.on("threads") handles "threads", but no route fires that event. Known: none.'),
    );
  });

  it('names in the log what no handler covers', () => {
    inspect(['threads:read']);
    inspect([]);
    expect(lines).toEqual([
      'Denied to everyone, as no handler covers it: threads:create.',
      'Denied to everyone, as no handler covers it: threads:create, threads:read.',
    ]);
  });
});
