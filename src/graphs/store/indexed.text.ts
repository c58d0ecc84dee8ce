import { InvalidStoreItemError } from './store.errors.js';

/** A text of a value, and where it stands: `chapters[0].title`. */
export interface IndexedText {
  readonly path: string;
  readonly text: string;
}

/** The path of the whole value. */
export const WHOLE = '$';
const STEP = /^(?<name>[^[\]]*)(?<places>(?:\[(?:\*|-?\d+)\])*)$/;
const MAX_TEXTS = 1_000;

/**
 * The texts at some paths of a value: `title`, `author.name`, `chapters[*].title`, `tags[-1]`, or `$` for the whole. What is no text
 * is taken as its JSON; what is not there, or empty, is left out.
 *
 * @throws InvalidStoreItemError for what is no path, and for more texts than one item may have
 */
export function textsAt(value: object, paths: readonly string[]): readonly IndexedText[] {
  const texts = paths.flatMap((path) => {
    const found = path === WHOLE ? [{ path, node: value as unknown }] : nodesAt(value, path);
    return found.map(({ path: place, node }) => ({ path: place, text: textOf(node) }));
  });
  const told = texts.filter(({ text }) => text !== '');
  if (told.length > MAX_TEXTS)
    throw new InvalidStoreItemError(`index finds more than ${MAX_TEXTS} texts in the value`);
  return told;
}

/** @throws InvalidStoreItemError for what is no path */
export function assertPaths(paths: readonly string[]): void {
  for (const path of paths) if (path !== WHOLE) stepsOf(path);
}

interface Found {
  readonly path: string;
  readonly node: unknown;
}

type Step = { readonly name: string } | { readonly place: number | '*' };

function nodesAt(value: unknown, path: string): readonly Found[] {
  return stepsOf(path).reduce<readonly Found[]>(
    (found, step) =>
      found.flatMap((one) => ('name' in step ? member(one, step.name) : elements(one, step.place))),
    [{ path: '', node: value }],
  );
}

function stepsOf(path: string): readonly Step[] {
  return path.split('.').flatMap((part) => {
    const { name = '', places = '' } = STEP.exec(part)?.groups ?? {};
    if (name === '')
      throw new InvalidStoreItemError(`index has "${path}", which is no path such as "chapters[*].title"`);
    const indexes = [...places.matchAll(/\[(.*?)\]/g)].map(([, place]): Step => ({
      place: place === '*' ? place : Number(place),
    }));
    return [{ name }, ...indexes];
  });
}

function member({ path, node }: Found, name: string): Found[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node) || !Object.hasOwn(node, name))
    return [];
  return [{ path: path === '' ? name : `${path}.${name}`, node: Reflect.get(node, name) as unknown }];
}

function elements({ path, node }: Found, place: number | '*'): Found[] {
  if (!Array.isArray(node)) return [];
  const places = place === '*' ? [...node.keys()] : [place < 0 ? node.length + place : place];
  return places
    .filter((index) => index >= 0 && index < node.length)
    .map((index) => ({ path: `${path}[${index}]`, node: node[index] as unknown }));
}

function textOf(node: unknown): string {
  if (node === undefined || node === null) return '';
  return typeof node === 'string' ? node.trim() : (JSON.stringify(node) ?? '');
}
