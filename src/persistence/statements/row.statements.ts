import type { DataSource } from 'typeorm';
import { BoundedCache } from '../bounded.cache.js';
import { marked, withScope } from '../query-builders/scoped.sql.js';
import type { ScopeForm } from '../scoping/scope.form.js';
import type { TableScope } from '../scoping/table.scope.js';
import type { PlainColumn, PlainEntity } from './plain.entity.js';
import { RowJson, orderBy, type RowOrder } from './row.json.js';
import { RowStatement, placeholder } from './row.statement.js';

/** Columns in the order of the values that are bound for them. */
type Columns = readonly PlainColumn[];

/** A column that is written; also one that is none of the entity's. */
type WrittenColumn = Pick<PlainColumn, 'name' | 'quoted' | 'written'>;

/** What is asked of an entity's visible rows. */
export interface RowQuery {
  /** The condition, with a `placeholder` for each value. None asks for all. */
  readonly where: string;
  readonly count: number;
}

/** What follows the condition. */
export interface RowClauses {
  readonly order: readonly RowOrder[];
  /** LIMIT and OFFSET; none for all. */
  readonly limit: string;
}

/** How many rows are new, one unless given, and whether those are left out whose key is taken. */
export interface Insertion {
  readonly rows?: number;
  readonly ignoresTaken?: boolean;
}

/** Searches are of many forms, and pages are counted in them. */
const REMEMBERED_STATEMENTS = 500;

const ofDataSources = new WeakMap<DataSource, RowStatements>();

/**
 * The statements on rows of plain entities. Each is put together once for the columns that it names and the form of the scope, in
 * the way of the scoped query builders, and is only bound afterwards.
 */
export class RowStatements {
  private readonly known = new WeakMap<ScopeForm | PlainEntity, BoundedCache<string, RowStatement>>();

  static of(dataSource: DataSource): RowStatements {
    let statements = ofDataSources.get(dataSource);
    if (!statements) ofDataSources.set(dataSource, (statements = new RowStatements()));
    return statements;
  }

  /** A row that has these values. */
  find(entity: PlainEntity, where: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered(`find ${namesOf(where)}`, where.length, entity, scope, () => {
      const condition = equality(where, 0);
      return `SELECT ${entity.selection} FROM ${visible(entity, scope)} WHERE ${condition} LIMIT 1`;
    });
  }

  /** The rows for which a query holds. */
  search(
    entity: PlainEntity,
    query: RowQuery,
    { order, limit }: RowClauses,
    scope: TableScope | undefined,
  ): RowStatement {
    const clauses = `${orderBy(order)} ${limit}`;
    return this.remembered(`search ${query.where}${clauses}`, query.count, entity, scope, () => {
      return `SELECT ${entity.selection} FROM ${visible(entity, scope)}${whereOf(query)}${clauses}`;
    });
  }

  /** The same rows as JSON of these properties: see `RowJson.select`. */
  searchJson(
    entity: PlainEntity,
    properties: readonly string[],
    query: RowQuery,
    { order, limit }: RowClauses,
    scope: TableScope | undefined,
  ): RowStatement {
    const key = `json ${properties.join(',')} ${query.where}${orderBy(order)} ${limit}`;
    return this.remembered(key, query.count, entity, scope, () => {
      const json = new RowJson(entity, properties);
      return json.select(` FROM ${visible(entity, scope)}${whereOf(query)}`, order, limit);
    });
  }

  /** How many they are, in a column `count`. */
  count(entity: PlainEntity, query: RowQuery, scope: TableScope | undefined): RowStatement {
    return this.remembered(`count ${query.where}`, query.count, entity, scope, () => {
      return `SELECT COUNT(1) AS "count" FROM ${visible(entity, scope)}${whereOf(query)}`;
    });
  }

  /** New rows of these values, row by row. What they have to look like in their scope is not in the statement, and checked before. */
  insert(
    entity: PlainEntity,
    values: Columns,
    scope: TableScope | undefined,
    { rows = 1, ignoresTaken = false }: Insertion = {},
  ): RowStatement {
    const key = `insert ${rows} ${ignoresTaken} ${namesOf(values)}`;
    return this.remembered(key, rows * values.length, entity, scope, () => {
      const columns = values.map(({ quoted }) => quoted).join(', ');
      const written = Array.from({ length: rows }, (_, row) => {
        const first = row * values.length;
        return `(${values.map((column, place) => column.written(placeholder(first + place))).join(', ')})`;
      });
      const conflict = ignoresTaken ? ' ON CONFLICT DO NOTHING' : '';
      return `INSERT INTO ${marked(entity.path, scope)}(${columns}) VALUES ${written.join(', ')}${conflict}`;
    });
  }

  /** A new row of these values below a parent, if a visible one has others; those are bound after these. */
  insertBelow(
    { entity, parent }: { readonly entity: PlainEntity; readonly parent: PlainEntity },
    values: Columns,
    where: Columns,
    scope: TableScope | undefined,
  ): RowStatement {
    const key = `insert ${entity.path} ${namesOf(values)} where ${namesOf(where)}`;
    return this.remembered(key, values.length + where.length, parent, scope, () => {
      const columns = values.map(({ quoted }) => quoted).join(', ');
      const written = values.map((column, place) => column.typed(placeholder(place))).join(', ');
      const condition = equality(where, values.length);
      return `INSERT INTO ${marked(entity.path, scope)}(${columns}) SELECT ${written} FROM ${visible(parent, scope)} WHERE ${condition}`;
    });
  }

  /** Sets values in the rows that have others; those are bound after these. */
  update(
    entity: PlainEntity,
    values: readonly WrittenColumn[],
    where: Columns,
    scope: TableScope | undefined,
  ): RowStatement {
    const key = `update ${namesOf(values)} where ${namesOf(where)}`;
    return this.remembered(key, values.length + where.length, entity, scope, () => {
      const set = values.map((column, place) => `${column.quoted} = ${column.written(placeholder(place))}`);
      const condition = withScope(` WHERE ${equality(where, values.length)}`, scope);
      return `UPDATE ${marked(entity.path, scope)} SET ${set.join(', ')}${condition}`;
    });
  }

  /** Removes the rows that have these values. */
  delete(entity: PlainEntity, where: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered(`delete ${namesOf(where)}`, where.length, entity, scope, () => {
      return `DELETE FROM ${marked(entity.path, scope)}${withScope(` WHERE ${equality(where, 0)}`, scope)}`;
    });
  }

  private remembered(
    key: string,
    count: number,
    entity: PlainEntity,
    scope: TableScope | undefined,
    write: () => string,
  ): RowStatement {
    return this.statementsOf(scope?.form ?? entity).getOrCompute(key, () =>
      RowStatement.compile(entity.driver, write(), count, scope),
    );
  }

  private statementsOf(form: ScopeForm | PlainEntity): BoundedCache<string, RowStatement> {
    let statements = this.known.get(form);
    if (!statements) this.known.set(form, (statements = new BoundedCache(REMEMBERED_STATEMENTS)));
    return statements;
  }
}

function visible(entity: PlainEntity, scope: TableScope | undefined): string {
  return `${scope?.form.rows ?? entity.path} ${entity.alias}`;
}

function whereOf({ where }: RowQuery): string {
  return where === '' ? '' : ` WHERE ${where}`;
}

function namesOf(columns: readonly WrittenColumn[]): string {
  return columns.map(({ name }) => name).join(',');
}

function equality(columns: Columns, first: number): string {
  return columns.map(({ quoted }, place) => `${quoted} = ${placeholder(first + place)}`).join(' AND ');
}
