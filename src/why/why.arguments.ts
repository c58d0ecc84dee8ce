import { parseArgs } from 'node:util';
import type { AuthEvent } from '../on-auth/index.js';

/** The command line is not understood. The message is one sentence. */
export class WhyUsageError extends Error {
  override readonly name = 'WhyUsageError';
}

export interface WhyRequest {
  readonly who:
    | {
        readonly kind: 'claims';
        readonly claims: { readonly identity: string; readonly permissions: readonly string[] };
      }
    | { readonly kind: 'token'; readonly token: string };
  readonly event: AuthEvent;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly route: string | undefined;
}

const USAGE =
  'npm run why -- --as bob [--permissions a,b] --event threads:read --id <uuid> [--body <json>] [--route <Controller.method>], or --token <jwt> in place of --as';

/**
 * Reads the arguments of the command that explains a decision.
 *
 * @throws WhyUsageError
 * @example parseWhyArguments(['--as', 'bob', '--event', 'threads:read', '--id', id])
 */
export function parseWhyArguments(argv: readonly string[]): WhyRequest {
  const { as, token, permissions, event, id, body, route } = parse(argv);
  if (event === undefined || id === undefined || (as === undefined) === (token === undefined))
    throw new WhyUsageError(`Needed are an event, an id and who is asking: ${USAGE}.`);
  return {
    who:
      token === undefined
        ? { kind: 'claims', claims: { identity: as ?? '', permissions: listOf(permissions) } }
        : { kind: 'token', token },
    // Whether it is one of the application's is known later, and said then.
    event: event as AuthEvent,
    id,
    body: bodyOf(body),
    route,
  };
}

function parse(argv: readonly string[]) {
  const string = { type: 'string' } as const;
  const options = {
    as: string,
    token: string,
    permissions: string,
    event: string,
    id: string,
    body: string,
    route: string,
  };
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch {
    throw new WhyUsageError(`The arguments are not understood: ${USAGE}.`);
  }
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function bodyOf(text = '{}'): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // Said below, as for other JSON than an object.
  }
  throw new WhyUsageError('--body must be a JSON object.');
}
