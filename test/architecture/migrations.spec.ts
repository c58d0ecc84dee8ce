import { describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import type { MigrationClass } from '../../src/persistence/migrations/migration.js';
import { postgresMigrations } from '../../src/persistence/migrations/postgres.migrations.js';
import { sqliteMigrations } from '../../src/persistence/migrations/sqlite.migrations.js';

/**
 * The migrations that take something away, which older processes would miss. Each comes at least one release after the code stopped
 * needing it, and its name begins with Contract.
 */
const CONTRACTIONS: readonly string[] = [];

/** What a process of the version before may not survive, or what would keep it waiting. */
const CONTRACTING: readonly [string, RegExp][] = [
  ['takes something away', /\b(DROP|TRUNCATE|DELETE)\b/i],
  ['gives something another name', /\bRENAME\b/i],
  ['changes a column', /\bALTER\s+(COLUMN\b|TABLE\s+\S+\s+ALTER\b)/i],
  ['demands what older processes do not write', /\bADD\s+COLUMN\b(?![^;]*\bDEFAULT\b)[^;]*\bNOT\s+NULL\b/i],
  ['forbids what older processes may write', /\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)\b/i],
];

async function statementsOf(migration: MigrationClass): Promise<string[]> {
  const statements: string[] = [];
  const recorder = { query: (sql: string) => Promise.resolve(void statements.push(sql)) };
  await new migration().up(recorder as unknown as QueryRunner);
  return statements;
}

/** What is wrong with statements that are to run while older processes do. */
function faultsOf(statements: readonly string[]): string[] {
  const created = new Set(statements.flatMap((sql) => /^\s*CREATE TABLE\s+"(\w+)"/i.exec(sql)?.[1] ?? []));
  const added = statements.flatMap((sql) => /\bADD COLUMN\s+"(\w+)"/i.exec(sql)?.[1] ?? []);
  const unique = statements.filter((sql) => {
    const [, table, rest = ''] = /^\s*CREATE UNIQUE INDEX\s+"\w+"\s+ON\s+"(\w+)"(.*)/is.exec(sql) ?? [];
    // What older processes leave empty breaks no rule.
    return (
      table !== undefined && !created.has(table) && !added.some((column) => rest.includes(`"${column}"`))
    );
  });
  const contracting = statements.flatMap((sql) => {
    // What a new table does with its own rows is its own matter, and a function does nothing until it is called.
    const text = sql
      .replaceAll(/ON DELETE CASCADE/gi, '')
      .replace(/^(\s*CREATE FUNCTION\b.*?)\$\$.*\$\$/is, '$1');
    return CONTRACTING.filter(([, pattern]) => pattern.test(text)).map(([fault]) => fault);
  });
  return [...contracting, ...unique.map(() => 'makes a rule of what older processes may break')];
}

const all = [
  ...sqliteMigrations.map((migration) => ({ database: 'SQLite', migration })),
  ...postgresMigrations.map((migration) => ({ database: 'PostgreSQL', migration })),
].map(({ database, migration }) => ({ database, migration, name: new migration().name ?? '' }));

describe('a migration', () => {
  it.each(all.filter(({ name }) => !CONTRACTIONS.includes(name)))(
    'only adds what older processes need not know: $name on $database',
    async ({ migration, name }) => {
      expect(faultsOf(await statementsOf(migration))).toEqual([]);
      expect(name).not.toMatch(/^Contract/);
    },
  );

  it('that takes something away is listed, and says so by its name', () => {
    for (const name of CONTRACTIONS) {
      expect(name).toMatch(/^Contract/);
      expect(all.map((one) => one.name)).toContain(name);
    }
  });

  it.each([
    'DROP TABLE "thread"',
    'ALTER TABLE "thread" DROP COLUMN "values"',
    'ALTER TABLE "thread" RENAME TO "conversation"',
    'ALTER TABLE "thread" RENAME COLUMN "values" TO "state"',
    'ALTER TABLE "thread" ALTER COLUMN "status" TYPE integer',
    'ALTER TABLE "thread" ADD COLUMN "kind" varchar NOT NULL',
    'ALTER TABLE "thread" ADD CONSTRAINT "c" CHECK (1 = 1)',
    'CREATE UNIQUE INDEX "u" ON "thread" ("status")',
    'DELETE FROM "thread"',
    'DO $$ BEGIN DELETE FROM "thread"; END $$',
  ])('does not do this: %s', (sql) => {
    expect(faultsOf([sql])).toHaveLength(1);
  });

  it.each([
    'ALTER TABLE "thread" ADD COLUMN "kind" varchar',
    `ALTER TABLE "thread" ADD COLUMN "kind" varchar NOT NULL DEFAULT 'chat'`,
    'CREATE INDEX "i" ON "thread" ("status")',
    'CREATE TABLE "note" ("id" varchar NOT NULL REFERENCES "thread" ("thread_id") ON DELETE CASCADE)',
  ])('may do this: %s', (sql) => {
    expect(faultsOf([sql])).toEqual([]);
  });

  it('has the same name on both databases, and its time in it', () => {
    const names = (migrations: readonly MigrationClass[]) => migrations.map((one) => new one().name);
    expect(names(sqliteMigrations)).toEqual(names(postgresMigrations));
    for (const name of names(sqliteMigrations)) expect(name).toMatch(/^[A-Z]\w+\d{13}$/);
  });
});
