import type { ObjectLiteral, Repository } from 'typeorm';
import type { Bind, Dialect } from '../filter-sql/filter.renderer.js';
import { scopeOn } from '../query-builders/scoped.sql.js';
import { PlainEntity } from './plain.entity.js';
import { execute } from './row.execution.js';
import { placeholder } from './row.statement.js';
import { RowStatements, type RowQuery } from './row.statements.js';

/** Which part of what was found is wanted. */
export interface RowPage {
  readonly limit: number;
  readonly offset: number;
}

/** What a condition is put together with. */
export interface ConditionTarget<Entity> {
  readonly dialect: Dialect;
  /** A column as SQL, by its property. */
  readonly column: (property: keyof Entity & string) => string;
  /** Values are bound, never written. */
  readonly bind: Bind;
}

/**
 * A search among the visible rows of a plain entity. Its SQL is put together once for each form of its conditions and of the scope.
 *
 * @example
 * const search = new RowSearch(threads);
 * search.and(`${search.column('status')} = ${search.bind('idle')}`).orderBy('created_at', 'DESC');
 * const first = await search.page({ limit: 10, offset: 0 });
 */
export class RowSearch<Entity extends ObjectLiteral> implements ConditionTarget<Entity> {
  readonly dialect: Dialect;
  private readonly entity: PlainEntity;
  private readonly conditions: string[] = [];
  private readonly values: unknown[] = [];
  private readonly order: string[] = [];
  /** @throws TypeError for an entity that is not plain */
  constructor(private readonly repository: Repository<Entity>) {
    const { metadata } = repository;
    const entity = PlainEntity.of(metadata);
    if (!entity) throw new TypeError(`${metadata.name} is no plain entity: search it with a query builder`);
    this.entity = entity;
    this.dialect = entity.driver.options.type === 'postgres' ? 'postgres' : 'sqlite';
  }

  readonly bind: Bind = (value) => placeholder(this.values.push(value) - 1);

  /** @throws TypeError for what is no column */
  readonly column = (property: keyof Entity & string): string => {
    const column = this.entity.column(property);
    if (!column) throw new TypeError(`${this.entity.metadata.name} has no column ${property}`);
    return `${this.entity.alias}.${column.quoted}`;
  };

  /** Adds a condition that has to hold as well. */
  and(condition: string): this {
    this.conditions.push(`(${condition})`);
    return this;
  }

  /** Adds that these columns have these values. */
  where(values: Readonly<Partial<Record<keyof Entity & string, string | number | boolean>>>): this {
    for (const [property, value] of Object.entries(values))
      this.and(`${this.column(property)} = ${this.bind(value)}`);
    return this;
  }

  /** Adds that a column has one of these values; of none it has none. */
  isOneOf(property: keyof Entity & string, values: readonly unknown[]): this {
    if (values.length === 0) return this.and('1 = 0');
    return this.and(`${this.column(property)} IN (${values.map(this.bind).join(', ')})`);
  }

  orderBy(property: keyof Entity & string, direction: 'ASC' | 'DESC'): this {
    this.order.push(`${this.column(property)} ${direction}`);
    return this;
  }

  /**
   * The numbers are written and not bound, so that the database can plan with them.
   *
   * @throws TypeError for what is no whole number
   */
  page({ limit, offset }: RowPage): Promise<Entity[]> {
    return this.read(`LIMIT ${whole(limit)} OFFSET ${whole(offset)}`);
  }

  all(): Promise<Entity[]> {
    return this.read('');
  }

  async count(): Promise<number> {
    const { entity, repository, values } = this;
    const { manager } = repository;
    const scope = scopeOn(manager.dataSource, entity.metadata.tablePath);
    const statement = RowStatements.of(manager.dataSource).count(entity, this.query, scope);
    const mode = manager.dataSource.defaultReplicationModeForReads();
    const { records } = await execute(manager, mode, statement, values, scope);
    const [{ count }] = records as [{ readonly count: unknown }];
    return Number(count);
  }

  private async read(page: string): Promise<Entity[]> {
    const { entity, repository, values } = this;
    const { manager } = repository;
    const scope = scopeOn(manager.dataSource, entity.metadata.tablePath);
    const order = this.order.length > 0 ? `ORDER BY ${this.order.join(', ')} ` : '';
    const clauses = order + page;
    const statement = RowStatements.of(manager.dataSource).search(entity, this.query, clauses, scope);
    const mode = manager.dataSource.defaultReplicationModeForReads();
    const { records } = await execute(manager, mode, statement, values, scope);
    return (records as ObjectLiteral[]).map((row) => entity.read(row) as Entity);
  }

  private get query(): RowQuery {
    return { where: this.conditions.join(' AND '), count: this.values.length };
  }
}

function whole(value: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new TypeError(`not a number of rows: ${value}`);
}
