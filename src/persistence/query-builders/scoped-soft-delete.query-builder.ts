import type { ObjectLiteral } from 'typeorm';
import { SoftDeleteQueryBuilder } from 'typeorm/query-builder/SoftDeleteQueryBuilder.js';
import { ScopedBuilder } from './builder.conversions.js';
import { marked, scopeOn, withScope, withScopeParameters } from './scoped.sql.js';

/** Soft-deletes and restores visible rows only. */
@ScopedBuilder('soft-delete', 'restore')
export class ScopedSoftDeleteQueryBuilder<
  Entity extends ObjectLiteral,
> extends SoftDeleteQueryBuilder<Entity> {
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
