import fc, { type Arbitrary } from 'fast-check';
import type { FilterInput, JsonScalar } from '../../../src/on-auth/filter/filter.js';
import { hostileNumbers } from './hostile-numbers.js';
import { hostileStrings } from './hostile-strings.js';

const text = fc.oneof(
  fc.constantFrom(...Object.values(hostileStrings)),
  fc.string({ unit: 'binary' }).filter((value) => !value.includes('\u0000')),
);
const scalar: Arbitrary<JsonScalar> = fc.oneof(
  text,
  fc.oneof(
    fc.constantFrom(...hostileNumbers),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
  ),
  fc.constantFrom(true, false, null),
);
/** Few keys, so that documents and filters meet. */
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('owner', 'a', 'a.b', '') },
  { weight: 1, arbitrary: text },
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.dictionary(key, scalar, { maxKeys: 3 }) },
);

/** What a row may have as metadata: mostly objects, also every other JSON value, and `undefined` for SQL NULL. */
export const documents: Arbitrary<unknown> = fc.oneof(
  { weight: 10, arbitrary: fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }) },
  { weight: 1, arbitrary: value },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** Filters of the whole grammar, whose keys and values are often some of these documents. */
export function filtersOver(stored: readonly unknown[]): Arbitrary<FilterInput> {
  const keys = fc
    .oneof(key, fc.constantFrom('owner', ...stored.flatMap(keysIn)))
    .filter((text) => !text.startsWith('$'));
  const scalars = fc.oneof(scalar, fc.constantFrom(null, ...stored.flatMap(scalarsIn)));
  const someScalars = fc.array(scalars, { minLength: 1, maxLength: 4 });
  const condition = fc.oneof(
    scalars,
    fc.record({ $eq: scalars }),
    fc.record({ $ne: scalars }),
    fc.record({ $in: someScalars }),
    fc.record({ $exists: fc.boolean() }),
    fc.record({ $contains: fc.oneof(scalars, someScalars) }),
  );
  const { filter } = fc.letrec<{ filter: FilterInput }>((tie) => {
    const some = fc.array(tie('filter'), { minLength: 1, maxLength: 3 });
    return {
      filter: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.dictionary(keys, condition, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
        fc.record({ $and: some }),
        fc.record({ $or: some }),
        fc.record({ $not: tie('filter') }),
      ),
    };
  });
  return filter;
}

function keysIn(document: unknown): readonly string[] {
  return isObject(document) && !Array.isArray(document) ? Object.keys(document) : [];
}

function scalarsIn(document: unknown): readonly JsonScalar[] {
  if (isObject(document)) return Object.values(document).flatMap(scalarsIn);
  return document === undefined ? [] : [document as JsonScalar];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
