import { SelectQueryBuilder, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { ScopedBuilder } from './builder.conversions.js';
import { scopeOn, withScopeParameters } from './scoped.sql.js';

/** Renders every scoped table, in FROM or any join, by entity or by name, as its visible rows. */
@ScopedBuilder('select')
export class ScopedSelectQueryBuilder<Entity extends ObjectLiteral> extends SelectQueryBuilder<Entity> {
  override getParameters(): ObjectLiteral {
    return withScopeParameters(this.dataSource, super.getParameters());
  }

  /** Without a cache of results the name of one need not be put together, as TypeORM does for each query. */
  protected override async loadRawResults(queryRunner: QueryRunner): Promise<unknown> {
    if (this.dataSource.queryResultCache) return super.loadRawResults(queryRunner);
    const [sql, parameters] = this.getQueryAndParameters();
    return (await queryRunner.query(sql, parameters, true)).records;
  }

  protected override getTableName(tablePath: string): string {
    return scopeOn(this.dataSource, tablePath)?.form.rows ?? super.getTableName(tablePath);
  }
}
