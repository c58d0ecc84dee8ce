import { SelectQueryBuilder, type ObjectLiteral } from 'typeorm';
import { ScopedBuilder } from './builder.conversions.js';
import { scopeOn, withScopeParameters } from './scoped.sql.js';

/** Renders every scoped table, in FROM or any join, by entity or by name, as its visible rows. */
@ScopedBuilder('select')
export class ScopedSelectQueryBuilder<Entity extends ObjectLiteral> extends SelectQueryBuilder<Entity> {
  override getParameters(): ObjectLiteral {
    return withScopeParameters(this.dataSource, super.getParameters());
  }

  protected override getTableName(tablePath: string): string {
    return scopeOn(this.dataSource, tablePath)?.form.rows ?? super.getTableName(tablePath);
  }
}
