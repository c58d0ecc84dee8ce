import { describe, expect, it } from '@jest/globals';
import { classifySql, type SqlKind } from '../../../src/persistence/sqlite3/sql.classifier.js';
import { PartialStatementError } from '../../../src/persistence/sqlite3/sqlite3.errors.js';

const KINDS: readonly (readonly [SqlKind, string])[] = [
  ['read', 'SELECT 1'],
  ['read', '  select "delete" from t'],
  ['read', '/* DELETE */ SELECT 1'],
  ['read', '-- UPDATE\nSELECT 1;'],
  ['read', '(SELECT 1)'],
  ['read', 'VALUES (1)'],
  ['read', 'EXPLAIN QUERY PLAN DELETE FROM t'],
  ['read', 'WITH a AS (SELECT 1) SELECT * FROM a'],
  ['read', "WITH a AS (SELECT replace('x', 'y', 'z')) SELECT replace(x, 'a', 'b') FROM a"],
  ['read', 'WITH RECURSIVE a(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM a) SELECT n FROM a'],
  ['write', 'INSERT INTO t VALUES (1)'],
  ['write', "INSERT INTO t VALUES ('RETURNING')"],
  ['write', 'UPDATE t SET "returning" = 1'],
  ['write', "UPDATE t SET a = 'it''s; not RETURNING'"],
  ['write', 'DELETE FROM t -- RETURNING id'],
  ['write', 'REPLACE INTO t VALUES (1)'],
  ['write', 'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a'],
  ['write', 'WITH a AS (SELECT id FROM (SELECT 1 AS id)) DELETE FROM t WHERE id IN (SELECT id FROM a)'],
  ['returning', 'INSERT INTO t VALUES (1) RETURNING id'],
  ['returning', 'with a as (select 1) update t set x = 1 returning x'],
  ['begin', 'BEGIN TRANSACTION'],
  ['commit', 'COMMIT'],
  ['commit', 'END TRANSACTION'],
  ['rollback', 'ROLLBACK'],
  ['savepoint', 'ROLLBACK TO SAVEPOINT typeorm_1'],
  ['savepoint', 'SAVEPOINT typeorm_1'],
  ['savepoint', 'RELEASE SAVEPOINT typeorm_1'],
  ['other', 'PRAGMA foreign_keys = ON'],
  ['other', 'CREATE TABLE t (a)'],
  ['other', 'CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM v; END'],
  ['other', 'CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END;'],
  ['other', 'VACUUM'],
  ['other', ''],
];

describe('the kind of a statement', () => {
  it.each(KINDS)('is "%s" for: %s', (kind, sql) => {
    expect(classifySql(sql)).toBe(kind);
    expect(classifySql(sql)).toBe(kind);
  });

  it.each([
    'SELECT 1; SELECT 2',
    'CREATE TABLE a (x); CREATE TABLE b (x)',
    "DELETE FROM t; -- ' \n DROP TABLE t",
    'SELECT 1 \0 AND 2',
  ])('is refused where SQLite would run only a part: %j', (sql) => {
    expect(() => classifySql(sql)).toThrow(PartialStatementError);
    expect(() => classifySql(sql)).toThrow(PartialStatementError);
  });

  it.each(["SELECT ';' ; ", 'SELECT 1;;', 'SELECT ";" -- ; x\n', 'SELECT [;] /* ; x */'])(
    'does not mistake a quoted or final semicolon for a second statement: %j',
    (sql) => {
      expect(classifySql(sql)).toBe('read');
    },
  );

  it('is read in time that grows with the text, not with its square', () => {
    const values = Array.from({ length: 20_000 }, () => "('it''s ( quoted', ?)").join(', ');
    expect(classifySql(`INSERT INTO t VALUES ${values}`)).toBe('write');
    expect(classifySql(`WITH a AS (VALUES ${values}) SELECT * FROM a`)).toBe('read');
  });
});
