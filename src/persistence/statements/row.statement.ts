import type { ObjectLiteral } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import type { TableScope } from '../scoping/table.scope.js';

/** The SQL that stands for a value of the caller's, by its place among them. */
export type Placeholder = (place: number) => string;

/** What a parameter of a statement is bound to: a value of the caller's, or one of the scope's. */
interface Source {
  readonly isOwn: boolean;
  readonly place: number;
}

/** SQL that was put together once, and is bound to the values of each caller and of its scope. */
export class RowStatement {
  private constructor(
    readonly sql: string,
    private readonly sources: readonly Source[],
  ) {}

  /**
   * @param scope of the form that the SQL is for; nothing where it is not scoped
   * @param write puts the SQL together
   */
  static compile(
    driver: Driver,
    scope: TableScope | undefined,
    write: (placeholder: Placeholder) => string,
  ): RowStatement {
    const sources: ObjectLiteral = {};
    const named = write((place) => {
      sources[`own_${place}`] = { isOwn: true, place };
      return `:own_${place}`;
    });
    scope?.values.forEach((_, place) => {
      sources[scope.form.parameterAt(place)] = { isOwn: false, place };
    });
    const [sql, inOrder] = driver.escapeQueryWithParameters(named, sources);
    return new RowStatement(sql, inOrder as Source[]);
  }

  /** The values in the order of the statement's parameters. */
  bind(own: readonly unknown[], scope: TableScope | undefined): unknown[] {
    return this.sources.map(({ isOwn, place }) => (isOwn ? own[place] : scope?.values[place]));
  }
}
