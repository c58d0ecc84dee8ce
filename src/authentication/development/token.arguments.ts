import { parseArgs } from 'node:util';
import { isIdentity } from '../../on-auth/principal.js';
import type { TokenRequest } from './development.tokens.js';

/** The command line is not understood. The message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE = 'npm run token -- <identity> [--permissions a,b] [--name "Name"] [--expires 8h]';
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const MAX_SECONDS = 365 * 86_400;

/**
 * Reads the arguments of the token command.
 *
 * @throws UsageError
 * @example parseTokenArguments(['alice', '--expires', '8h']) // { identity: 'alice', expiresIn: 28800, ... }
 */
export function parseTokenArguments(argv: readonly string[]): TokenRequest {
  const { positionals, values } = parse(argv);
  if (positionals.length !== 1) throw new UsageError(`Exactly one identity is needed: ${USAGE}.`);
  const [identity] = positionals;
  if (!isIdentity(identity)) {
    throw new UsageError('The identity must be 1 to 512 characters, none of them a control character.');
  }
  return {
    identity,
    permissions: permissionsOf(values.permissions),
    displayName: values.name,
    expiresIn: values.expires === undefined ? undefined : secondsOf(values.expires),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { permissions: { type: 'string' }, name: { type: 'string' }, expires: { type: 'string' } },
    });
  } catch {
    throw new UsageError(`The arguments are not understood: ${USAGE}.`);
  }
}

function permissionsOf(text: string | undefined): readonly string[] {
  return (
    text
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '') ?? []
  );
}

function secondsOf(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(
    '--expires must be a whole number followed by s, m, h or d, such as 8h, and at most 365d.',
  );
}
