import type { DataSource } from 'typeorm';
import { marked, withScope } from '../query-builders/scoped.sql.js';
import type { ScopeForm } from '../scoping/scope.form.js';
import type { TableScope } from '../scoping/table.scope.js';
import type { PlainColumn, PlainEntity } from './plain.entity.js';
import { RowStatement, type Placeholder } from './row.statement.js';

const ofDataSources = new WeakMap<DataSource, RowStatements>();

/** Columns in the order of the values that are bound for them. */
type Columns = readonly PlainColumn[];

/**
 * The statements on rows of plain entities. Each is put together once for the columns that it names and the form of the scope, in
 * the way of the scoped query builders, and is only bound afterwards.
 */
export class RowStatements {
  private readonly known = new WeakMap<ScopeForm | PlainEntity, Map<string, RowStatement>>();

  static of(dataSource: DataSource): RowStatements {
    let statements = ofDataSources.get(dataSource);
    if (!statements) ofDataSources.set(dataSource, (statements = new RowStatements()));
    return statements;
  }

  /** A row that has these values. */
  select(entity: PlainEntity, where: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered('SELECT', entity, [where], scope, (placeholder) => {
      const columns = entity.columns.map(({ selected }) => selected(entity.quoted));
      const rows = scope?.form.rows ?? entity.path;
      return `SELECT ${columns.join(', ')} FROM ${rows} ${entity.quoted} WHERE ${equality(where, placeholder)} LIMIT 1`;
    });
  }

  /** A new row of these values. What it has to look like in its scope is not in the statement, and checked before. */
  insert(entity: PlainEntity, values: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered('INSERT', entity, [values], scope, (placeholder) => {
      const columns = values.map(({ quoted }) => quoted);
      const written = values.map(({ written: sql }, place) => sql(placeholder(place)));
      return `INSERT INTO ${marked(entity.path, scope)}(${columns.join(', ')}) VALUES (${written.join(', ')})`;
    });
  }

  /** Sets values, which are bound first, in the rows that have others. */
  update(entity: PlainEntity, values: Columns, where: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered('UPDATE', entity, [values, where], scope, (placeholder) => {
      const set = values.map(({ quoted, written }, place) => `${quoted} = ${written(placeholder(place))}`);
      const condition = equality(where, (place) => placeholder(values.length + place));
      return `UPDATE ${marked(entity.path, scope)} SET ${set.join(', ')}${withScope(` WHERE ${condition}`, scope)}`;
    });
  }

  /** Removes the rows that have these values. */
  delete(entity: PlainEntity, where: Columns, scope: TableScope | undefined): RowStatement {
    return this.remembered('DELETE', entity, [where], scope, (placeholder) => {
      const condition = withScope(` WHERE ${equality(where, placeholder)}`, scope);
      return `DELETE FROM ${marked(entity.path, scope)}${condition}`;
    });
  }

  private remembered(
    verb: string,
    entity: PlainEntity,
    columns: readonly Columns[],
    scope: TableScope | undefined,
    write: (placeholder: Placeholder) => string,
  ): RowStatement {
    const ofForm = this.statementsOf(scope?.form ?? entity);
    const key = `${verb} ${columns.map(namesOf).join(';')}`;
    let statement = ofForm.get(key);
    if (!statement) ofForm.set(key, (statement = RowStatement.compile(entity.driver, scope, write)));
    return statement;
  }

  private statementsOf(form: ScopeForm | PlainEntity): Map<string, RowStatement> {
    let statements = this.known.get(form);
    if (!statements) this.known.set(form, (statements = new Map()));
    return statements;
  }
}

function namesOf(columns: Columns): string {
  return columns.map(({ name }) => name).join(',');
}

function equality(columns: Columns, placeholder: Placeholder): string {
  return columns.map(({ quoted }, place) => `${quoted} = ${placeholder(place)}`).join(' AND ');
}
