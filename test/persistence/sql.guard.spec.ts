import { describe, expect, it } from '@jest/globals';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { SCOPE_MARK, SCOPE_PARAMETER } from '../../src/persistence/scope.mark.js';
import { SqlGuard } from '../../src/persistence/sql.guard.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';

const newGuard = (): SqlGuard => new SqlGuard(new Set(['thread', 'run', 'odd name']));
const check = (sql: string, guard = newGuard()): void =>
  AuthorizationContext.run(scopeFor('bob'), () => guard.check(sql));
/** The mark is another one in each process; the title of a test is not. */
const titled = (texts: readonly string[]): [string, string][] =>
  texts.map((sql) => [sql.replaceAll(SCOPE_MARK, '/*mark*/').replaceAll(SCOPE_PARAMETER, 'scope_'), sql]);

const refused = [
  'thread',
  'SELECT * FROM thread',
  'select * from "thread"',
  'SELECT * FROM THREAD',
  'SELECT * FROM `thread`',
  'SELECT * FROM [thread]',
  "SELECT * FROM 'thread'",
  'SELECT * FROM public.thread',
  'SELECT * FROM "public"."thread"',
  'SELECT * FROM note, thread',
  'SELECT * FROM note CROSS JOIN run',
  'SELECT * FROM note WHERE id IN (SELECT thread_id FROM thread)',
  'SELECT * FROM note n, LATERAL (SELECT * FROM thread) t',
  'SELECT * FROM "odd name"',
  'TABLE thread',
  'WITH thread AS (SELECT 1) SELECT * FROM thread',
  'UPDATE thread SET status = 1',
  'UPDATE OR REPLACE thread SET status = 1',
  'INSERT INTO thread (a) VALUES (1)',
  'REPLACE INTO thread VALUES (1)',
  'DELETE FROM thread',
  'TRUNCATE thread',
  'TRUNCATE TABLE ONLY thread',
  'DROP TABLE IF EXISTS thread',
  'ALTER TABLE thread RENAME TO thread_2',
  'CREATE INDEX i ON thread (a)',
  'CREATE VIEW v AS SELECT * FROM thread',
  'CREATE TABLE copy AS TABLE thread',
  'COPY thread TO STDOUT',
  'LOCK thread IN EXCLUSIVE MODE',
  'LOCK TABLE thread',
  'VACUUM FULL thread',
  'ANALYZE thread',
  'MERGE INTO thread USING note ON false WHEN MATCHED THEN DELETE',
  'PRAGMA table_info(thread)',
  'DO $$ BEGIN DELETE FROM thread; END $$',
  'DO $body$ BEGIN DELETE FROM thread; END $body$',
  "SELECT query_to_xml('select * from thread', true, false, '')",
  "EXECUTE 'TRUNCATE thread'",
  "SELECT E'\\'' FROM thread --'",
  "SELECT E'\\'; ANALYZE thread --'",
  'SELECT * FROM U&"thr\\0065ad"',
  'SELECT 1; SELECT * FROM thread',
  'SELECT * FROM/**/thread',
  'SELECT * FROM -- \n thread',
  "SELECT '' -- '\n FROM thread",
  "SELECT 1 /* ' */ FROM thread -- '",
  '/* outer /* inner */ */ SELECT 1',
  "SELECT 'an open string FROM thread",
  'SELECT "an open name FROM thread',
  'SELECT * FROM "thread" /*scoped*/',
  'SELECT * FROM "thread"/*scoped 000000000000000000000000*/',
  `SELECT '${SCOPE_MARK}' FROM thread`,
  `SELECT ${SCOPE_MARK} * FROM thread`,
  `SELECT * FROM note${SCOPE_MARK}, thread`,
  `SELECT * FROM (SELECT * FROM "thread"${SCOPE_MARK}) t JOIN run ON 1=1`,
  `SELECT * FROM "thread"${SCOPE_MARK} WHERE owner = :${SCOPE_PARAMETER}1_1`,
];

const accepted = [
  'SELECT 1',
  'SELECT * FROM note',
  'SELECT * FROM threads',
  'SELECT * FROM thread_tag',
  'SELECT thread_id FROM note',
  "SELECT * FROM note WHERE kind = 'thread'",
  "SELECT * FROM note WHERE text = 'about a thread of mine'",
  'SELECT 1 AS "rows from thread"',
  'SELECT 1 /* from thread */',
  'SELECT 1 -- from thread',
  'BEGIN TRANSACTION',
  'COMMIT',
  `SELECT * FROM "thread"${SCOPE_MARK}`,
  `SELECT * FROM "public"."thread"${SCOPE_MARK}`,
  `SELECT * FROM "thread"${SCOPE_MARK} "thread"`,
  `SELECT "thread"."a" AS "thread" FROM (SELECT * FROM "thread"${SCOPE_MARK} WHERE 1=1) "thread"`,
  `SELECT "Thread"."a" FROM (SELECT * FROM "thread"${SCOPE_MARK}) "Thread" ORDER BY "Thread"."a"`,
  `SELECT * FROM "run"${SCOPE_MARK} "r" FOR UPDATE OF thread`,
  `/* a comment */ SELECT * FROM "thread"${SCOPE_MARK}`,
  `UPDATE "thread"${SCOPE_MARK} SET "status" = $1 WHERE "thread"."status" = $2`,
  `INSERT INTO "thread"${SCOPE_MARK} AS "thread"("a") VALUES ($1)`,
];

describe('the SQL guard', () => {
  it.each(titled(refused))('refuses %s', (_, sql) => {
    expect(() => check(sql)).toThrow(expect.objectContaining({ name: 'UnscopedSqlError' }));
  });

  it.each(titled(accepted))('accepts %s', (_, sql) => {
    expect(() => check(sql)).not.toThrow();
  });

  it('tells a missing scope from SQL that is not scoped', () => {
    expect(() => newGuard().check('SELECT * FROM thread')).toThrow(
      expect.objectContaining({
        name: 'ScopeMissingError',
        message: expect.stringMatching(/ outside any authorization: SELECT \* FROM thread$/),
      }),
    );
    expect(() => newGuard().check('SELECT * FROM note')).not.toThrow();
  });

  it('lets the system do anything', () => {
    expect(() => runAsSystem('test', () => newGuard().check('TRUNCATE thread'))).not.toThrow();
  });

  it.each([
    ['SELECT * FROM note, "THREAD"', 'SQL names the scoped table "thread"'],
    ['SELECT * FROM "odd name"', 'SQL names the scoped table "odd name"'],
    ["EXECUTE 'TRUNCATE thread'", 'SQL names the scoped table "thread"'],
    ['SELECT * FROM U&"x"', 'SQL has an escaped name, U&"..."'],
    ["SELECT E'\\'' FROM thread --'", "SQL has an escaped quote, E'...\\'...'"],
    [`SELECT :${SCOPE_PARAMETER}1_1`, 'SQL has a parameter of another scope'],
    ['/* a /* b */ */ SELECT 1', 'SQL has a nested comment'],
  ])('says what is wrong, case %#', (sql, fault) => {
    expect(() => check(sql)).toThrow(`${fault}, and no scoped query builder wrote it: ${sql}`);
  });

  it('reads a doubled quote in the name of a table as one', () => {
    const guard = new SqlGuard(new Set(['a"b']));
    expect(guard.faultOf('SELECT * FROM "a""b"')).toBeDefined();
    expect(guard.faultOf('SELECT * FROM "ab"')).toBeUndefined();
  });

  it('does not repeat more than the beginning of the SQL', () => {
    expect(() => check(`SELECT * FROM thread WHERE a = '${'secret '.repeat(50)}'`)).toThrow(/^.{1,260}$/);
  });

  it('remembers its verdict for a text, for each kind of scope anew', () => {
    const sql = 'SELECT * FROM thread AS remembered';
    const guard = newGuard();
    expect(() => runAsSystem('test', () => guard.check(sql))).not.toThrow();
    expect(() => check(sql, guard)).toThrow();
    expect(() => check(sql, guard)).toThrow();
    expect(() => runAsSystem('test', () => guard.check(sql))).not.toThrow();
  });

  it('has nothing to guard where nothing is scoped', () => {
    expect(new SqlGuard(new Set()).faultOf("SELECT 'from everywhere' FROM thread")).toBeUndefined();
  });
});
