import { describe, expect, it } from '@jest/globals';
import { SCOPE_MARK } from '../../src/persistence/scope.mark.js';
import { assertCondition, assertExpression } from '../../src/persistence/sql.fragment.js';
import { UnscopedSqlError } from '../../src/persistence/unscoped-sql.error.js';

const refusal = expect.objectContaining({ name: 'UnscopedSqlError' });

describe('a condition beside the scope', () => {
  it.each([
    '1=1',
    'a = 1 OR b = 2',
    '( a = 1 ) AND ( b = 2 )',
    "a = ')' OR b = '('",
    `a = '--' AND "odd ) name" = ';'`,
    'a IS DISTINCT FROM b',
  ])('may be %s', (sql) => {
    expect(() => assertCondition(sql)).not.toThrow();
  });

  it('may have the mark of the scope', () => {
    const sql = `EXISTS (SELECT 1 FROM "thread"${SCOPE_MARK} t WHERE t.a = b)`;
    expect(() => assertCondition(sql)).not.toThrow();
  });

  it('is refused with the reason, and its own beginning', () => {
    const reason = 'A piece of raw SQL leaves its parentheses: ';
    const sql = `(${'1=1 AND '.repeat(50)}1=1`;
    expect(() => assertCondition(sql)).toThrow(new UnscopedSqlError(reason + sql.slice(0, 120)));
  });

  it.each([
    '1=1) OR (1=1',
    '1=1)',
    '(1=1',
    '1=1 -- and then nothing',
    '1=1 /* and then nothing',
    '1=1 /* a comment */',
    '1=1; DELETE FROM note',
    "a = 'an open string",
    'a = "an open name',
  ])('may not be %s', (sql) => {
    expect(() => assertCondition(sql)).toThrow(refusal);
    expect(() => assertCondition(sql)).toThrow(refusal);
  });
});

describe('a raw value', () => {
  it.each([
    'NULL',
    'counter + 1',
    "'a, b'",
    'COALESCE(a, b)',
    "'from'",
    '"limit"',
    '(SELECT MAX(a) FROM note WHERE b = 1)',
  ])('may be %s', (sql) => {
    expect(() => assertExpression(sql)).not.toThrow();
  });

  it.each([
    `'x', "metadata" = '{}'`,
    "'x' WHERE 1=1",
    "'x' FROM note",
    "'x' RETURNING *",
    "'x') , ('y'",
    "'x' -- rest",
    "'x'; DELETE FROM note",
  ])('may not be %s', (sql) => {
    expect(() => assertExpression(sql)).toThrow(refusal);
  });
});
