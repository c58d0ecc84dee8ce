import { InvalidStoreItemError } from './store.errors.js';

/** Closes each label of a path. No written label has one, so that a namespace begins with another exactly when its path does. */
const CLOSE = '.';
/** The character after `CLOSE`: where the paths below a namespace end. */
const AFTER_CLOSE = '/';
/** Clients cannot send a period in a label, but a handler may put one there: an identity is often an address. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['\u001b', '\u001b0'],
  [CLOSE, '\u001b1'],
]);
const READ = new Map([...WRITTEN].map(([character, written]) => [written, character]));

/** PostgreSQL keeps at most about 2,700 bytes in an index row, and namespace and key are the primary key. */
const MAX_BYTES = 2_000;
/** Each label of a beginning or an end may be a condition of its own. */
const MAX_LABELS = 100;

/**
 * The text that a namespace is stored as: `['users', 'alice']` is `users.alice.`.
 *
 * @throws InvalidStoreItemError for what is no list of labels
 */
export function pathOf(labels: readonly string[]): string {
  if (!Array.isArray(labels)) throw new InvalidStoreItemError('A namespace must be a list of labels');
  return labels.map((label) => written(label) + CLOSE).join('');
}

export function labelsOf(path: string): string[] {
  return path
    .split(CLOSE)
    .filter((label) => label !== '')
    .map((label) => label.replace(/\u001b[01]/g, (pair) => READ.get(pair) ?? pair));
}

/** The paths of a namespace and of all below it are those from `from` up to `to`, which is none of them. */
export function rangeOf(labels: readonly string[]): { from: string; to: string } {
  const from = pathOf(labels);
  return { from, to: from.slice(0, -CLOSE.length) + AFTER_CLOSE };
}

/** @throws InvalidStoreItemError for what cannot be the address of an item */
export function assertAddress(namespace: readonly string[], key: string): void {
  if (namespace.length === 0) throw new InvalidStoreItemError('Namespace is required');
  if (!isText(key) || key === '') throw new InvalidStoreItemError('The key must be text without NUL');
  if (Buffer.byteLength(pathOf(namespace)) + Buffer.byteLength(key) > MAX_BYTES)
    throw new InvalidStoreItemError(`Namespace and key are longer than ${MAX_BYTES} bytes`);
}

/**
 * What a client may name: it joins labels with periods where they stand in a URL.
 *
 * @throws InvalidStoreItemError
 */
export function assertClientLabels(labels: readonly unknown[]): void {
  if (labels.length > MAX_LABELS)
    throw new InvalidStoreItemError(`A namespace has at most ${MAX_LABELS} labels`);
  const wrong = labels.findIndex((label) => !isClientLabel(label));
  if (wrong < 0) return;
  throw new InvalidStoreItemError(
    `Namespace labels cannot be empty or contain periods. Received: ${String(labels[wrong])}`,
  );
}

function isClientLabel(label: unknown): label is string {
  return isLabel(label) && !label.includes(CLOSE);
}

function written(label: unknown): string {
  if (isLabel(label)) return label.replace(/[\u001b.]/g, (character) => WRITTEN.get(character) ?? character);
  throw new InvalidStoreItemError(`Namespace labels must be text without NUL. Received: ${String(label)}`);
}

function isLabel(label: unknown): label is string {
  return isText(label) && label !== '';
}

/** What both databases store as it is. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}
