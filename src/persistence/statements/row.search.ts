import type { ObjectLiteral, Repository } from 'typeorm';
import type { Bind, Dialect } from '../filter-sql/filter.renderer.js';
import { boundScopeOn } from '../query-builders/scoped.sql.js';
import type { TableScope } from '../scoping/table.scope.js';
import { PlainEntity } from './plain.entity.js';
import { execute } from './row.execution.js';
import type { RowOrder } from './row.json.js';
import { placeholder, type RowStatement } from './row.statement.js';
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

type StatementOf = (statements: RowStatements, scope: TableScope | undefined) => RowStatement;

/**
 * A search among the visible rows of a plain entity. Its SQL is put together once for each form of its conditions and of the scope.
 * Subscribers of TypeORM hear of its queries, but not that entities were loaded.
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
  private readonly order: RowOrder[] = [];

  /** @throws TypeError for an entity that is not plain */
  constructor(private readonly repository: Repository<Entity>) {
    const { metadata } = repository;
    const entity = PlainEntity.of(metadata);
    if (!entity) throw new TypeError(`${metadata.name} is no plain entity: search it with a query builder`);
    this.entity = entity;
    this.dialect = entity.dialect;
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
    return this.and(isOneOf(this.column(property), values.map(this.bind)));
  }

  orderBy(property: keyof Entity & string, direction: 'ASC' | 'DESC'): this {
    this.order.push({ column: this.column(property), direction });
    return this;
  }

  /**
   * The numbers are written and not bound, so that the database can plan with them.
   *
   * @throws TypeError for what is no whole number
   */
  page(page: RowPage): Promise<Entity[]> {
    return this.read(limitOf(page));
  }

  /**
   * The same page as the JSON of each row, with these properties: the same values as `JSON.stringify` would write, with numbers, order of
   * keys within documents and white space as the database has them.
   *
   * @throws TypeError for what is no whole number, and for properties whose JSON the databases would not write alike
   * @example await search.pageAsJson({ limit: 10, offset: 0 }, ['thread_id']) // ['{"thread_id":"..."}', ...]
   */
  async pageAsJson(page: RowPage, properties: readonly (keyof Entity & string)[]): Promise<string[]> {
    const { entity, query } = this;
    const clauses = { order: this.order, limit: limitOf(page) };
    const [{ rows }] = await this.rows((statements, scope) =>
      statements.searchJson(entity, properties, query, clauses, scope),
    );
    return typeof rows === 'string' ? rows.split('\n') : [];
  }

  all(): Promise<Entity[]> {
    return this.read('');
  }

  async count(): Promise<number> {
    const [{ count }] = await this.rows((statements, scope) =>
      statements.count(this.entity, this.query, scope),
    );
    return Number(count);
  }

  private async read(limit: string): Promise<Entity[]> {
    const { entity, query, order } = this;
    const rows = await this.rows((statements, scope) =>
      statements.search(entity, query, { order, limit }, scope),
    );
    return rows.map((row) => entity.read(row) as Entity);
  }

  private async rows(statementOf: StatementOf): Promise<readonly ObjectLiteral[]> {
    const { manager } = this.repository;
    const { dataSource } = manager;
    const scope = boundScopeOn(dataSource, this.entity.metadata.tablePath);
    const statement = statementOf(RowStatements.of(dataSource), scope);
    const mode = dataSource.defaultReplicationModeForReads();
    const { records } = await execute(manager, mode, statement, this.values, scope);
    return records as readonly ObjectLiteral[];
  }

  private get query(): RowQuery {
    return { where: this.conditions.join(' AND '), count: this.values.length };
  }
}

/** The SQL of a column that has one of these values, given their placeholders; of none it has none. */
export function isOneOf(column: string, values: readonly string[]): string {
  return values.length > 0 ? `${column} IN (${values.join(', ')})` : '1 = 0';
}

function limitOf({ limit, offset }: RowPage): string {
  return `LIMIT ${whole(limit)} OFFSET ${whole(offset)}`;
}

function whole(value: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new TypeError(`not a number of rows: ${value}`);
}
