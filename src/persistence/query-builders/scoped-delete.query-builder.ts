import { DeleteQueryBuilder, type ObjectLiteral } from 'typeorm';
import { ScopedBuilder } from './builder.conversions.js';
import { marked, scopeOn, withScope, withScopeParameters } from './scoped.sql.js';

/** Deletes visible rows only. */
@ScopedBuilder('delete')
export class ScopedDeleteQueryBuilder<Entity extends ObjectLiteral> extends DeleteQueryBuilder<Entity> {
  override getParameters(): ObjectLiteral {
    return withScopeParameters(this.dataSource, super.getParameters());
  }

  protected override getTableName(tablePath: string): string {
    return marked(super.getTableName(tablePath), scopeOn(this.dataSource, tablePath));
  }

  protected override createWhereExpression(): string {
    return withScope(super.createWhereExpression(), scopeOn(this.dataSource, this.getMainTableName()));
  }
}
