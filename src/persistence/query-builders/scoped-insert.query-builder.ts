import { InsertQueryBuilder, type InsertResult, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { checkNewRow } from '../scoping/image.check.js';
import { ParentCheck } from '../scoping/parent.check.js';
import { Scoping } from '../scoping/scoping.js';
import type { TableScope } from '../scoping/table.scope.js';
import { checkUpsertedRows } from '../scoping/upsert.check.js';
import { assertCondition } from '../sql.fragment.js';
import { UnscopedSqlError } from '../unscoped-sql.error.js';
import { ScopedBuilder } from './builder.conversions.js';
import { marked, scopeOn, withScopeParameters } from './scoped.sql.js';

/** Inserts rows that their writer can see, below parents that it can see; an upsert changes visible rows only. */
@ScopedBuilder('insert')
export class ScopedInsertQueryBuilder<Entity extends ObjectLiteral> extends InsertQueryBuilder<Entity> {
  private readonly parents = new ParentCheck();

  override getParameters(): ObjectLiteral {
    return withScopeParameters(this.dataSource, super.getParameters());
  }

  override async execute(): Promise<InsertResult> {
    const scope = scopeOn(this.dataSource, this.getMainTableName());
    const isChecked = scope?.form.condition !== undefined && !this.expressionMap.insertFromSelect;
    if (!isChecked) return super.execute();
    return this.onOneRunner(async (runner) => {
      await this.parents.verify(scope, this.getValueSets(), runner);
      return this.isUpsert ? this.executeUpsert(scope, runner) : super.execute();
    });
  }

  protected override getTableName(tablePath: string): string {
    return marked(super.getTableName(tablePath), scopeOn(this.dataSource, tablePath));
  }

  /** Checked here, where the values are rendered: until then listeners and subscribers may change them. */
  protected override createInsertExpression(): string {
    const scope = scopeOn(this.dataSource, this.getMainTableName());
    if (scope?.form.condition === undefined) return super.createInsertExpression();
    this.checkRows(scope);
    return this.isUpsert ? this.createUpsertExpression() : super.createInsertExpression();
  }

  /** The scope stands before what the caller demands of the row that is to be overwritten. */
  protected override createUpsertConditionExpression(tableOrAlias: string): string {
    const own = super.createUpsertConditionExpression(tableOrAlias);
    const scope = scopeOn(this.dataSource, this.getMainTableName());
    const condition = scope && Scoping.of(this.dataSource)?.conditionAs(this.targetName(scope), scope);
    if (condition === undefined || own === '') return condition ?? own;
    assertCondition(own);
    return `${condition} AND (${own})`;
  }

  private get isUpsert(): boolean {
    const { onIgnore, onUpdate } = this.expressionMap;
    const { overwrite = [], columns = [] } = onUpdate ?? {};
    return !onIgnore && overwrite.length + columns.length > 0;
  }

  private checkRows(scope: TableScope): void {
    if (this.expressionMap.insertFromSelect) {
      const { name } = scope.table;
      throw new UnscopedSqlError(
        `INSERT ... SELECT into ${name} cannot be checked against the scope: insert values`,
      );
    }
    const written = new Set(this.getInsertedColumns().map(({ databaseName }) => databaseName));
    for (const values of this.getValueSets()) {
      checkNewRow(scope, values, written);
      this.parents.assertVerified(scope, values);
    }
  }

  /**
   * TypeORM renders a condition on the row to overwrite for PostgreSQL only, and only if the caller has one of its own.
   * SQLite understands the same clause. What TypeORM adds to the list while it renders is dropped again.
   */
  private createUpsertExpression(): string {
    const { onUpdate } = this.expressionMap;
    const { indexPredicate, overwriteCondition } = onUpdate;
    if (indexPredicate) assertCondition(indexPredicate);
    onUpdate.overwriteCondition = overwriteCondition?.length
      ? [...overwriteCondition]
      : [{ type: 'simple', condition: '1=1' }];
    try {
      const sql = super.createInsertExpression();
      if (this.dataSource.options.type === 'postgres') return sql;
      return `${sql} WHERE ${this.createUpsertConditionExpression(this.escape(this.alias))}`;
    } finally {
      onUpdate.overwriteCondition = overwriteCondition;
    }
  }

  /** What the row to overwrite is called: PostgreSQL's INSERT takes an alias. */
  private targetName({ table }: TableScope): string {
    const hasAlias = this.dataSource.options.type === 'postgres' && this.alias !== this.getMainTableName();
    return hasAlias ? this.escape(this.alias) : table.qualifier;
  }

  private async executeUpsert(scope: TableScope, runner: QueryRunner): Promise<InsertResult> {
    const { conflict } = this.expressionMap.onUpdate;
    if (!Array.isArray(conflict)) {
      throw new UnscopedSqlError(
        `An upsert of ${scope.table.name} has to name the columns that may conflict`,
      );
    }
    return inTransaction(runner, async () => {
      const result = await super.execute();
      await checkUpsertedRows(scope, this.getValueSets(), conflict, runner);
      return result;
    });
  }

  /** The checks see what the statement sees, inside a transaction as well. */
  private async onOneRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (this.queryRunner) return work(this.queryRunner);
    const runner = this.obtainQueryRunner();
    this.queryRunner = runner;
    try {
      return await work(runner);
    } finally {
      this.queryRunner = undefined;
      await runner.release();
    }
  }
}

async function inTransaction<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  if (runner.isTransactionActive) return work();
  await runner.startTransaction();
  try {
    const result = await work();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}
