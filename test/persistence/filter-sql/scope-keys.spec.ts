import { describe, expect, it } from '@jest/globals';
import type { FilterInput } from '../../../src/on-auth/filter/filter.js';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import {
  keyColumnName,
  renderFilter,
  scopeKeyExpression,
  type RenderOptions,
} from '../../../src/persistence/filter-sql/filter.renderer.js';

const scopeKeys = new Set(['owner']);

function render(input: FilterInput, options: Omit<RenderOptions, 'column' | 'bind'>): string {
  let count = 0;
  const bind = (): string => `:${++count}`;
  return renderFilter(parseFilter(input), { column: '"metadata"', bind, ...options });
}

/** A planner takes an index only where a condition is spelled as the index is; what it selects would be the same without. */
describe('a condition on a scope key', () => {
  it.each<[FilterInput, string, string]>([
    [{ owner: 'alice' }, `("metadata" -> 'owner') = CAST(:1 AS jsonb)`, `("metadata" -> 'owner') = :1`],
    [
      { owner: { $in: ['alice', 'bob'] } },
      `("metadata" -> 'owner') IN (CAST(:1 AS jsonb), CAST(:2 AS jsonb))`,
      `("metadata" -> 'owner') IN (:1, :2)`,
    ],
    [
      { owner: { $exists: true } },
      `("metadata" -> 'owner') IS NOT NULL`,
      `("metadata" -> 'owner') IS NOT NULL`,
    ],
  ])('is spelled as its index: %j', (input, postgres, sqlite) => {
    expect(render(input, { dialect: 'postgres', scopeKeys })).toBe(postgres);
    expect(render(input, { dialect: 'sqlite', scopeKeys })).toBe(sqlite);
  });

  it.each<[FilterInput, string]>([
    [{ owner: 'alice' }, '"scope_owner" = CAST(CAST(:1 AS jsonb) AS text)'],
    [
      { owner: { $in: ['alice', 'bob'] } },
      '"scope_owner" IN (CAST(CAST(:1 AS jsonb) AS text), CAST(CAST(:2 AS jsonb) AS text))',
    ],
    [{ owner: { $exists: true } }, '"scope_owner" IS NOT NULL'],
  ])('is about its column where there is one: %j', (input, expected) => {
    expect(render(input, { dialect: 'postgres', scopeKeys, keyColumnOf: keyColumnName })).toBe(expected);
  });

  it.each<[FilterInput, string, string]>([
    [{ team: 'blue' }, '"metadata" @> CAST(:1 AS jsonb)', '("metadata" -> :1) = :2'],
    [
      { team: { $in: ['blue', 'red'] } },
      '("metadata" @> CAST(:1 AS jsonb) OR "metadata" @> CAST(:2 AS jsonb))',
      '("metadata" -> :1) IN (:2, :3)',
    ],
    [
      { team: { $exists: true } },
      '("metadata" -> CAST(:1 AS text)) IS NOT NULL',
      '("metadata" -> :1) IS NOT NULL',
    ],
  ])('is none on another key, which is bound: %j', (input, postgres, sqlite) => {
    for (const keys of [scopeKeys, undefined]) {
      const options = { scopeKeys: keys, keyColumnOf: keyColumnName };
      expect(render(input, { dialect: 'postgres', ...options })).toBe(postgres);
      expect(render(input, { dialect: 'sqlite', ...options })).toBe(sqlite);
    }
  });
});

describe('a scope key', () => {
  it.each(['owner', '_', 'A9_z'])('is written into SQL where it is a plain name: %s', (key) => {
    expect(scopeKeyExpression('"thread"."metadata"', key)).toBe(`("thread"."metadata" -> '${key}')`);
    expect(keyColumnName(key)).toBe(`"scope_${key}"`);
  });

  it.each(['', '9a', "a'", 'a\n'])('is never written into SQL where it is anything else: %j', (key) => {
    const refusal = expect.objectContaining({
      name: 'InvalidScopeKeyError',
      message: `The scope key ${JSON.stringify(key)} is not a plain name of letters, digits and _`,
    });
    expect(() => scopeKeyExpression('"metadata"', key)).toThrow(refusal);
    expect(() => keyColumnName(key)).toThrow(refusal);
  });
});
