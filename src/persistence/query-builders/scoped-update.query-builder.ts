import { UpdateQueryBuilder, type ObjectLiteral } from 'typeorm';
import { checkNewImage } from '../scoping/image.check.js';
import { ScopedBuilder } from './builder.conversions.js';
import { marked, scopeOn, withScope, withScopeParameters } from './scoped.sql.js';

/** Updates visible rows only, and only to what their writer can still see. */
@ScopedBuilder('update')
export class ScopedUpdateQueryBuilder<Entity extends ObjectLiteral> extends UpdateQueryBuilder<Entity> {
  override getParameters(): ObjectLiteral {
    return withScopeParameters(this.dataSource, super.getParameters());
  }

  protected override getTableName(tablePath: string): string {
    return marked(super.getTableName(tablePath), scopeOn(this.dataSource, tablePath));
  }

  protected override createWhereExpression(): string {
    return withScope(super.createWhereExpression(), scopeOn(this.dataSource, this.getMainTableName()));
  }

  /** Checked here, where the values are rendered: until then listeners and subscribers may change them. */
  protected override createUpdateExpression(): string {
    const scope = scopeOn(this.dataSource, this.getMainTableName());
    if (scope?.form.condition !== undefined) checkNewImage(scope, this.getValueSet());
    return super.createUpdateExpression();
  }
}
