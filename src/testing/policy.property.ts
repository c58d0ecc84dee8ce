import type { Authorizer } from '../on-auth/authorizer.js';
import type { Decision } from '../on-auth/decision.js';
import { matches, type AuthEvent, type Principal } from '../on-auth/index.js';
import { principalOf } from './bed.user.js';

/** One of the cases that a property is held against: a row that somebody created, and somebody who asks for it. */
export interface PropertyCase {
  /** Who created the row, through the handler of `<resource>:create`. */
  readonly creator: Principal;
  /** What the row holds: what the creator's client sent, as the handler left it. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly reader: Principal;
  readonly action: string;
  /** Whether the reader's decision reaches the row. */
  readonly visible: boolean;
}

export interface PropertyOptions {
  /** The actions that readers try. All that the resource has, unless given. */
  readonly actions?: readonly string[];
  /** Few, so that readers and creators meet. */
  readonly identities?: readonly string[];
  readonly permissions?: readonly string[];
  /** Keys of the metadata that clients send; their values are identities, lists of them, and odd ones. */
  readonly keys?: readonly string[];
  /** How many cases. 500 unless given. */
  readonly runs?: number;
  /** Replays a failure that was reported. */
  readonly seed?: number;
}

const DEFAULTS = {
  identities: ['alice', 'bob', 'carol'],
  permissions: ['read', 'write', 'admin'],
  keys: ['owner', 'created_by', 'shared_with', 'org', 'team', 'visibility'],
  runs: 500,
} as const;
const ODD_VALUES = [null, true, 0, '', {}, { $exists: true }, 'public'];
const SAMPLE_ID = '00000000-0000-4000-8000-000000000000';

/**
 * Holds a claim against random rows, creators and readers.
 *
 * @throws Error with the smallest counterexample; one that names the cure when `fast-check` is not installed
 */
export async function assertProperty(
  authorizer: Authorizer,
  resource: string,
  knownActions: readonly string[],
  claim: (tried: PropertyCase) => boolean,
  options: PropertyOptions = {},
): Promise<void> {
  const fc = await loadFastCheck();
  const { identities, permissions, keys, runs, seed, actions = knownActions } = { ...DEFAULTS, ...options };
  const user = fc.record({
    identity: fc.constantFrom(...identities),
    permissions: fc.subarray([...permissions]),
  });
  const value = fc.oneof(
    fc.constantFrom(...identities),
    fc.subarray([...identities]),
    fc.constantFrom(...ODD_VALUES),
  );
  const metadata = fc.dictionary(fc.constantFrom(...keys), value);
  const property = fc.asyncProperty(user, metadata, user, fc.constantFrom(...actions), async (...drawn) => {
    const tried = await tryCase(authorizer, resource, drawn);
    return tried === undefined || claim(tried);
  });
  await fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }) });
}

type Drawn = readonly [
  creator: { identity: string; permissions: string[] },
  metadata: Record<string, unknown>,
  reader: { identity: string; permissions: string[] },
  action: string,
];

/** Nothing when the row could not even be created. */
async function tryCase(
  authorizer: Authorizer,
  resource: string,
  [creator, sent, reader, action]: Drawn,
): Promise<PropertyCase | undefined> {
  const [owner, asker] = [principalOf(creator), principalOf(reader)];
  const value = { metadata: structuredClone(sent) };
  const created = await decided(authorizer, owner, `${resource}:create`, value);
  if (!isVisible(created, value.metadata)) return undefined;
  const answer = await decided(authorizer, asker, `${resource}:${action}`, { metadata: {} });
  const visible = isVisible(answer, value.metadata);
  return { creator: owner, metadata: value.metadata, reader: asker, action, visible };
}

/** A handler that throws lets nobody in. */
async function decided(
  authorizer: Authorizer,
  principal: Principal,
  event: string,
  value: object,
): Promise<Decision> {
  const ids = { thread_id: SAMPLE_ID, assistant_id: SAMPLE_ID };
  try {
    return await authorizer.decide(principal, event as AuthEvent, Object.assign(value, ids));
  } catch {
    return { kind: 'deny' };
  }
}

function isVisible(decision: Decision, metadata: Readonly<Record<string, unknown>>): boolean {
  return decision.kind === 'allow' || (decision.kind === 'restrict' && matches(decision.filter, metadata));
}

/** Needed by nobody who does not test properties. */
async function loadFastCheck(): Promise<typeof import('fast-check')> {
  try {
    return await import('fast-check');
  } catch (error) {
    throw new Error('Properties need the package fast-check: npm install --save-dev fast-check', {
      cause: error,
    });
  }
}
