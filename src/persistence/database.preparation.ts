import { MigrationExecutor, QueryFailedError, type QueryRunner } from 'typeorm';
import { runAsSystem } from '../on-auth/authorization.context.js';
import { assertUsable } from './migrations/schema.version.js';
import { installRowSecurity } from './row-security/row-security.installer.js';
import { assertTablesExist } from './schema.check.js';
import { createScopeIndexes } from './scope-indexes.js';
import type { ScopedDataSource } from './scoped-data-source.js';
import { Sqlite3Error } from './sqlite3/sqlite3.errors.js';

/** Any number that other users of advisory locks in the same database are unlikely to take. */
const MIGRATION_LOCK = 8_227_366_173_417;

/** How often a process waits for the lock of a SQLite file that others are preparing. */
const BEGIN_ATTEMPTS = 10;

export interface Preparation {
  /** Row-level security is to hold this role; see `installRowSecurity`. */
  readonly servingRole?: string;
  /** Tables without an entity that row-level security is to keep for the system. */
  readonly systemTables?: readonly string[];
}

/**
 * Brings the schema of an initialized data source up to date: pending migrations, then the indexes of the scope keys, and
 * row-level security. Of several processes that start together one does it, and the others wait and find it done.
 *
 * @throws NewerSchemaError when a newer version has taken something away that this one needs
 */
export function prepareDatabase(dataSource: ScopedDataSource, preparation: Preparation = {}): Promise<void> {
  return runAsSystem('bring the schema up to date', async () => {
    const runner = dataSource.createQueryRunner();
    try {
      if (dataSource.options.type === 'postgres') await prepareLocked(dataSource, runner, preparation);
      else await prepareAtOnce(dataSource, runner);
    } finally {
      await runner.release();
    }
  });
}

function prepareLocked(
  dataSource: ScopedDataSource,
  runner: QueryRunner,
  { servingRole, systemTables = [] }: Preparation,
): Promise<void> {
  return withSchemaLock(runner, async () => {
    await migrate(dataSource, runner, 'each');
    if (servingRole === undefined) await createScopeIndexes(dataSource);
    else await installRowSecurity(dataSource, { servingRole, systemTables });
  });
}

/**
 * Changes the schema of a PostgreSQL while no other process does: under an advisory lock, which the connection holds and lets go of
 * whatever happens to it. It may be waited for as long as it takes.
 */
export async function withSchemaLock(runner: QueryRunner, change: () => Promise<void>): Promise<void> {
  await runner.query('SET statement_timeout = 0');
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await change();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.query('RESET statement_timeout');
  }
}

/** SQLite has one lock, that of the file: in one transaction, so that another process sees all of it or nothing. */
async function prepareAtOnce(dataSource: ScopedDataSource, runner: QueryRunner): Promise<void> {
  await beginWhenFree(runner);
  try {
    await migrate(dataSource, runner, 'none');
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
  await createScopeIndexes(dataSource);
}

/** Each attempt waits for some seconds by itself, for a process that has not prepared the file yet. */
async function beginWhenFree(runner: QueryRunner): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await runner.startTransaction();
      return;
    } catch (error) {
      if (attempt === BEGIN_ATTEMPTS || !isBusy(error)) throw error;
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  return error.driverError instanceof Sqlite3Error && error.driverError.code.startsWith('SQLITE_BUSY');
}

async function migrate(
  dataSource: ScopedDataSource,
  runner: QueryRunner,
  transaction: 'each' | 'none',
): Promise<void> {
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = transaction;
  const executed = await executor.getExecutedMigrations();
  assertUsable(
    executed.map(({ name }) => name),
    dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name),
  );
  await executor.executePendingMigrations();
  await assertTablesExist(dataSource, runner);
}
