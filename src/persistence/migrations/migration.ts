import type { MigrationInterface } from 'typeorm';

/**
 * One step of the schema. Its class name ends in the time it was written, in milliseconds: `CreateThreads1767225600000`. TypeORM
 * orders by it and remembers it.
 *
 * @example
 * export class CreateNotes1767225600000 implements MigrationInterface {
 *   readonly name = 'CreateNotes1767225600000';
 *   async up(runner: QueryRunner): Promise<void> { await runner.query('CREATE TABLE "note" (...)'); }
 *   async down(runner: QueryRunner): Promise<void> { await runner.query('DROP TABLE "note"'); }
 * }
 */
export type MigrationClass = new () => MigrationInterface;
