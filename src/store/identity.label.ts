/** Written differently: what no client can send in a label, and what would be taken for something that is written differently. */
const WRITTEN: readonly (readonly [string, string])[] = [
  ['%', '%25'],
  ['.', '%2E'],
];

/**
 * The label that stands for an identity in a namespace: the identity itself, but for one with a period, which no label of a client
 * can have. `alice@example.com` is `alice@example%2Ecom`. No two identities have the same label: one that has `%2E` or `%25` in it is
 * written differently as well, so that what is written differently has one of them, and nothing else has.
 *
 * @example if (value.namespace[0] !== identityLabel(user.identity)) throw new ForbiddenException();
 */
export function identityLabel(identity: string): string {
  if (!/\.|%2E|%25/.test(identity)) return identity;
  return WRITTEN.reduce((label, [character, written]) => label.replaceAll(character, written), identity);
}
