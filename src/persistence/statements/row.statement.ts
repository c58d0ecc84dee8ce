import type { ObjectLiteral } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import type { TableScope } from '../scoping/table.scope.js';

/** What a parameter of a statement is bound to: a value of the caller's, or one of the scope's. */
interface Source {
  readonly isOwn: boolean;
  readonly place: number;
}

/** The SQL that stands for a value of the caller's, by its place among them. */
export function placeholder(place: number): string {
  return `:${nameOf(place)}`;
}

/** SQL that was put together once, and is bound to the values of each caller and of its scope. */
export class RowStatement {
  private constructor(
    readonly sql: string,
    private readonly sources: readonly Source[],
  ) {}

  /**
   * @param text with a `placeholder` for each value of the caller's, of which there are `count`
   * @param scope of the form that is in the text; nothing where it is not scoped
   */
  static compile(driver: Driver, text: string, count: number, scope: TableScope | undefined): RowStatement {
    const sources: ObjectLiteral = {};
    for (let place = 0; place < count; place += 1) sources[nameOf(place)] = { isOwn: true, place };
    scope?.values.forEach((_, place) => {
      sources[scope.form.parameterAt(place)] = { isOwn: false, place };
    });
    const [sql, inOrder] = driver.escapeQueryWithParameters(text, sources);
    return new RowStatement(sql, inOrder as Source[]);
  }

  /** The values in the order of the statement's parameters. */
  bind(own: readonly unknown[], scope: TableScope | undefined): unknown[] {
    return this.sources.map(({ isOwn, place }) => (isOwn ? own[place] : scope?.values[place]));
  }
}

function nameOf(place: number): string {
  return `own_${place}`;
}
