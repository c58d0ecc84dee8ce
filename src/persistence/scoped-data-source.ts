import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  type SelectQueryBuilder,
} from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import { DriverUtils } from 'typeorm/driver/DriverUtils.js';
import { runAsSystem } from '../on-auth/authorization.context.js';
import type { Decision } from '../on-auth/decision.js';
import { guardQueryRunners } from './guarded.query-runner.js';
import { AutocommitRunner } from './postgres/autocommit.runner.js';
import './query-builders/scoped-delete.query-builder.js';
import './query-builders/scoped-insert.query-builder.js';
import './query-builders/scoped-relation.query-builder.js';
import { ScopedSelectQueryBuilder } from './query-builders/scoped-select.query-builder.js';
import './query-builders/scoped-soft-delete.query-builder.js';
import './query-builders/scoped-update.query-builder.js';
import { ScopeIndexAdvisor } from './scope-index.advisor.js';
import { ScopedQueryResultCache } from './scoped-query-result.cache.js';
import { ScopeCompiler } from './scoping/scope.compiler.js';
import type { ScopedTable } from './scoping/scoped-table.js';
import { ScopedTableRegistry } from './scoping/scoped-table.registry.js';
import { Scoping } from './scoping/scoping.js';
import { assertViewsAreScoped } from './scoping/view.check.js';
import { SqlGuard } from './sql.guard.js';
import { ScopedEntityManager } from './statements/scoped.entity-manager.js';

/** How a data source scopes. */
export interface ScopingOptions {
  /** The metadata keys that expression indexes serve. */
  readonly scopeKeys: readonly string[];
  /** Whether the tables have a column for each scope key, as they have under row-level security. */
  readonly hasKeyColumns?: boolean;
  /** A driver in place of the one that TypeORM has for the type of the options. */
  readonly createDriver?: (dataSource: DataSource) => Driver;
  /** Told once of every filter that no index serves. */
  readonly advise?: (advice: string) => void;
}

/**
 * TypeORM's data source, with every query scoped to the decisions of the current `AuthorizationContext`: whichever repository,
 * manager or query builder it comes from, it reaches the rows of an entity that is `@Scoped` only as the decision allows.
 *
 * Its queries throw ScopeMissingError when nothing was decided, ScopeViolationError for a row that its writer could not see, and
 * UnscopedSqlError for SQL that the scope cannot be put into.
 *
 * @example
 * const dataSource = await new ScopedDataSource({ type: 'postgres', url, entities: [Thread] }, { scopeKeys: ['owner'] }).initialize();
 * const threads = await dataSource.getRepository(Thread).find(); // the visible ones
 */
export class ScopedDataSource extends DataSource {
  private guard: SqlGuard | undefined;
  private tables: ScopedTableRegistry | undefined;
  private compiler: ScopeCompiler | undefined;

  constructor(
    options: DataSourceOptions,
    private readonly scoping: ScopingOptions,
  ) {
    super(options);
    if (scoping.createDriver) this.driver = scoping.createDriver(this);
    const guard = (): SqlGuard | undefined => this.guard;
    guardQueryRunners(this.driver, guard);
    AutocommitRunner.guard(this.driver, guard);
    if (this.queryResultCache) this.queryResultCache = new ScopedQueryResultCache(this.queryResultCache);
  }

  get scopeKeys(): readonly string[] {
    return this.scoping.scopeKeys;
  }

  /** The scoped tables among the entities; none before `initialize`. */
  get scopedTables(): readonly ScopedTable[] {
    return this.tables?.all() ?? [];
  }

  /**
   * The condition that a decision puts on a table, as queries have it; for who explains it. `TRUE` where every row is visible.
   * Bound values are `:1`, `:2` and so on.
   */
  renderScope(table: ScopedTable, decision: Decision): { sql: string; parameters: readonly unknown[] } {
    const parameters: unknown[] = [];
    const bind = (_: Decision, value: unknown): string => `:${parameters.push(value)}`;
    const sql = this.compiler?.conditionOn(table, { decisionOn: () => decision, bind });
    return { sql: sql ?? 'TRUE', parameters };
  }

  /** @throws WiringError for an entity whose `@Scoped` cannot be kept */
  override initialize(): Promise<this> {
    return runAsSystem('set up the data source', () => super.initialize());
  }

  override createQueryBuilder<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    alias: string,
    queryRunner?: QueryRunner,
  ): SelectQueryBuilder<Entity>;
  override createQueryBuilder(queryRunner?: QueryRunner): SelectQueryBuilder<ObjectLiteral>;
  override createQueryBuilder(
    entityOrRunner?: EntityTarget<ObjectLiteral> | QueryRunner,
    alias?: string,
    queryRunner?: QueryRunner,
  ): SelectQueryBuilder<ObjectLiteral> {
    // One signature is a runner without an alias, the other an entity with one; TypeORM tells them apart in the same way.
    if (!alias) return new ScopedSelectQueryBuilder(this, entityOrRunner as QueryRunner | undefined);
    const name = DriverUtils.buildAlias(this.driver, undefined, alias);
    const { target } = this.getMetadata(entityOrRunner as EntityTarget<ObjectLiteral>);
    return new ScopedSelectQueryBuilder(this, queryRunner).select(name).from(target, name);
  }

  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new ScopedEntityManager(this, queryRunner);
  }

  protected override async buildMetadatas(): Promise<void> {
    await super.buildMetadatas();
    const escape = (name: string): string => this.driver.escape(name);
    const tables = new ScopedTableRegistry(this.entityMetadatas, escape);
    const guard = new SqlGuard(tables.names());
    assertViewsAreScoped(this, tables, guard);
    this.tables = tables;
    this.guard = guard;
    this.compiler = this.createCompiler();
    new Scoping(tables, this.compiler).applyTo(this);
  }

  private createCompiler(): ScopeCompiler {
    const dialect = this.options.type === 'postgres' ? 'postgres' : 'sqlite';
    const scopeKeys = new Set(this.scopeKeys);
    const { advise, hasKeyColumns = false } = this.scoping;
    const containmentIsIndexed = dialect === 'postgres' && !hasKeyColumns;
    const advisor = advise && new ScopeIndexAdvisor(containmentIsIndexed, scopeKeys, advise);
    return new ScopeCompiler({
      dialect,
      scopeKeys,
      hasKeyColumns,
      onFilter: (table, filter) => advisor?.consider(table, filter),
    });
  }
}
