import { InvalidStoreItemError } from './store.errors.js';

/** Closes each label. No label has one, so that a namespace begins with another exactly when its path does. */
const CLOSE = '.';
/** The character after `CLOSE`: where the paths below a namespace end. */
const AFTER_CLOSE = '/';

/** PostgreSQL keeps at most about 2,700 bytes in an index row, and namespace and key are the primary key. */
const MAX_BYTES = 2_000;

/**
 * The text that a namespace is stored as: `['users', 'alice']` is `users.alice.`.
 *
 * @throws InvalidStoreItemError for a label that is empty or has a period, as the LangGraph clients refuse them
 */
export function pathOf(labels: readonly string[]): string {
  for (const label of labels) assertLabel(label);
  return labels.map((label) => label + CLOSE).join('');
}

export function labelsOf(path: string): string[] {
  return path.split(CLOSE).filter((label) => label !== '');
}

/** The paths of a namespace and of all below it are those from `from` up to `to`, which is none of them. */
export function rangeOf(labels: readonly string[]): { from: string; to: string } {
  const from = pathOf(labels);
  return { from, to: from.slice(0, -CLOSE.length) + AFTER_CLOSE };
}

/** @throws InvalidStoreItemError for what cannot be the address of an item */
export function assertAddress(namespace: readonly string[], key: string): void {
  if (namespace.length === 0) throw new InvalidStoreItemError('Namespace is required');
  if (!isText(key)) throw new InvalidStoreItemError('The key must be text without NUL');
  if (Buffer.byteLength(pathOf(namespace)) + Buffer.byteLength(key) > MAX_BYTES)
    throw new InvalidStoreItemError(`Namespace and key are longer than ${MAX_BYTES} bytes`);
}

function assertLabel(label: unknown): void {
  if (isText(label) && label !== '' && !label.includes(CLOSE)) return;
  throw new InvalidStoreItemError(
    `Namespace labels cannot be empty or contain periods. Received: ${String(label)}`,
  );
}

/** What both databases store as it is. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}
