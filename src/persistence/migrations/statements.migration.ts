import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from './migration.js';

/**
 * A migration that runs statements in order. There is no way back: a schema that was released is changed by the next migration.
 *
 * @param name what it does and the time it was written, such as `CreateThreads1767225600000`
 */
export function statementsMigration(name: string, statements: readonly string[]): MigrationClass {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    down(): Promise<void> {
      return Promise.reject(new Error(`${name} cannot be taken back`));
    }
  };
}
