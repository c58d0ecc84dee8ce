import { describe, expect, it } from '@jest/globals';
import { parseTokenArguments, UsageError } from '../../src/authentication/development/token.arguments.js';

const USAGE = 'npm run token -- <identity> [--permissions a,b] [--name "Name"] [--expires 8h].';
const UNKNOWN = `The arguments are not understood: ${USAGE}`;
const ONE_IDENTITY = `Exactly one identity is needed: ${USAGE}`;
const BAD_IDENTITY = 'The identity must be 1 to 512 characters, none of them a control character.';
const BAD_TIME = '--expires must be a whole number followed by s, m, h or d, such as 8h, and at most 365d.';

describe('The arguments of the token command', () => {
  it.each([
    [['alice'], { identity: 'alice', permissions: [] }],
    [['--name', 'Alice', 'alice'], { identity: 'alice', displayName: 'Alice' }],
    [['alice', '--permissions', 'a:b, c:d,'], { permissions: ['a:b', 'c:d'] }],
    [['alice', '--permissions='], { permissions: [] }],
    [['alice', '--expires', '90s'], { expiresIn: 90 }],
    [['alice', '--expires', '15m'], { expiresIn: 900 }],
    [['alice', '--expires=365d'], { expiresIn: 31_536_000 }],
    [['--', '--alice'], { identity: '--alice' }],
  ])('%j are understood', (argv, request) => {
    expect(parseTokenArguments(argv)).toMatchObject(request);
  });

  it.each([
    [[], ONE_IDENTITY],
    [['alice', 'bob'], ONE_IDENTITY],
    [[''], BAD_IDENTITY],
    [['a\nb'], BAD_IDENTITY],
    [['alice', '--admin'], UNKNOWN],
    [['alice', '--permissions'], UNKNOWN],
    ...['forever', '0h', '-1h', '1.5h', '1 h', '8', '366d', '999999999d'].map((time): [string[], string] => [
      ['alice', `--expires=${time}`],
      BAD_TIME,
    ]),
  ])('%j are refused with one sentence', (argv, sentence) => {
    expect(() => parseTokenArguments(argv)).toThrow(new UsageError(sentence));
  });
});
