import type { FilterInput, JsonScalar } from '../../../src/on-auth/filter/filter.js';
import { hostileNumbers, sameNumbers } from './hostile-numbers.js';
import { hostileStrings } from './hostile-strings.js';
import { namedCases } from './named-cases.js';

/** One row of the conformance table that every interpreter of filters has to agree with. */
export interface FilterCase {
  readonly title: string;
  readonly filter: FilterInput;
  /** What the row has as metadata: any JSON value, or `undefined` for SQL NULL. */
  readonly metadata: unknown;
  readonly expected: boolean;
}

const texts = Object.entries(hostileStrings);
const keys = texts.filter(([, text]) => !text.startsWith('$'));
const scalars: readonly (readonly [string, JsonScalar])[] = [
  ...texts,
  ...hostileNumbers.map((value) => [`the number ${value}`, value] as const),
  ...[true, false, null].map((value) => [`the word ${value}`, value] as const),
];

/** A value that differs from every hostile one, and one that is none of them in JSON's types either. */
const OTHERS: readonly unknown[] = ['someone else', [], {}, ['owner'], { owner: 'owner' }, [['a']]];

const valueCases: readonly FilterCase[] = scalars.flatMap(([name, value], index) => [
  { title: `${name} is itself`, filter: { k: value }, metadata: { k: value }, expected: true },
  { title: `${name} is not its text`, filter: { k: value }, metadata: { k: `${value} ` }, expected: false },
  { title: `${name} is not a list of it`, filter: { k: value }, metadata: { k: [value] }, expected: false },
  {
    title: `${name} is among`,
    filter: { k: { $in: ['no', value] } },
    metadata: { k: value },
    expected: true,
  },
  { title: `${name} is not other`, filter: { k: { $ne: value } }, metadata: { k: value }, expected: false },
  { title: `${name} is other`, filter: { k: { $ne: value } }, metadata: {}, expected: true },
  {
    title: `${name} in a list`,
    filter: { k: { $contains: value } },
    metadata: { k: [[], value] },
    expected: true,
  },
  { title: `${name} alone`, filter: { k: { $contains: value } }, metadata: { k: value }, expected: false },
  {
    title: `${name} nested`,
    filter: { k: { $contains: value } },
    metadata: { k: [[value]] },
    expected: false,
  },
  {
    title: `${name} beside the next value`,
    filter: { k: { $contains: [value, scalars[(index + 1) % scalars.length][1]] } },
    metadata: { k: [scalars[(index + 1) % scalars.length][1], value] },
    expected: true,
  },
]);

const keyCases: readonly FilterCase[] = keys.flatMap(([name, key]) => [
  { title: `${name} as key`, filter: { [key]: 'v' }, metadata: { other: 'v', [key]: 'v' }, expected: true },
  { title: `${name} as key of null`, filter: { [key]: null }, metadata: { [key]: null }, expected: true },
  { title: `${name} as absent key`, filter: { [key]: null }, metadata: {}, expected: false },
  {
    title: `${name} exists`,
    filter: { [key]: { $exists: true } },
    metadata: { [key]: null },
    expected: true,
  },
  { title: `${name} is missing`, filter: { [key]: { $exists: false } }, metadata: {}, expected: true },
  { title: `${name} is no element`, filter: { [key]: { $exists: true } }, metadata: [key], expected: false },
  {
    title: `${name} is no key of a key`,
    filter: { [key]: 'v' },
    metadata: { a: { [key]: 'v' } },
    expected: false,
  },
  {
    title: `${name} as key of a list`,
    filter: { [key]: { $contains: 1 } },
    metadata: { [key]: [1] },
    expected: true,
  },
  {
    title: `${name} as key, with a list of numbers`,
    filter: { [key]: { $contains: [0.1, 2] } },
    metadata: { [key]: ['0.1', 2, 0.1] },
    expected: true,
  },
]);

const numberCases: readonly FilterCase[] = sameNumbers.flatMap(([one, other]) => [
  { title: `${one} twice`, filter: { k: one }, metadata: { k: other }, expected: true },
  { title: `${one} twice, swapped`, filter: { k: other }, metadata: { k: one }, expected: true },
  {
    title: `${one} twice, in a list`,
    filter: { k: { $contains: one } },
    metadata: { k: [other] },
    expected: true,
  },
]);

const otherCases: readonly FilterCase[] = OTHERS.flatMap((other) =>
  scalars.map(([name, value]) => ({
    title: `${name} is not ${JSON.stringify(other)}`,
    filter: { k: value },
    metadata: { k: other },
    expected: false,
  })),
);

/** The table. Interpreters are also compared on each filter of it with the metadata of every other row. */
export const hostileCases: readonly FilterCase[] = [
  ...namedCases,
  ...valueCases,
  ...keyCases,
  ...numberCases,
  ...otherCases,
];
