import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Dialect } from '../filter-sql/filter.renderer.js';
import type { MigrationClass } from './migration.js';

/**
 * A migration that runs statements in order. There is no way back: a schema that was released is changed by the next migration.
 *
 * @param name what it does and the time it was written, such as `CreateThreads1767225600000`
 * @param statements the same for both databases, or for each
 */
export function statementsMigration(
  name: string,
  statements: readonly string[] | Readonly<Record<Dialect, readonly string[]>>,
): MigrationClass {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of 'sqlite' in statements ? statements[dialectOf(runner)] : statements)
        await runner.query(statement);
    }

    down(): Promise<void> {
      return Promise.reject(new Error(`${name} cannot be taken back`));
    }
  };
}

function dialectOf({ dataSource }: QueryRunner): Dialect {
  return dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
}
