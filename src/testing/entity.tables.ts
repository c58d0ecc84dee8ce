import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { PersistenceModule } from '../persistence/persistence.module.js';

/** A module for all others, whose controllers and services may then inject the repositories. */
@Global()
@Module({})
class TestEntitiesModule {}

/** Gives entities tables as their columns say: for tests, where there is no schema to keep. */
export function tablesOf(entities: readonly (new () => object)[]): DynamicModule {
  class CreateTestTables9999999999999 implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      const { dataSource } = runner;
      for (const entity of entities)
        await runner.createTable(Table.create(dataSource.getMetadata(entity), dataSource.driver), true);
    }

    down(): Promise<void> {
      return Promise.reject(new Error('tables of tests go with their database'));
    }
  }
  const feature = PersistenceModule.forFeature({ entities, migrations: [CreateTestTables9999999999999] });
  return { module: TestEntitiesModule, imports: [feature], exports: [PersistenceModule] };
}
