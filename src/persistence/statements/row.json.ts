import type { Dialect } from '../filter-sql/filter.renderer.js';
import type { PlainColumn, PlainEntity } from './plain.entity.js';

/** A column that rows are put in order by, as SQL. */
export interface RowOrder {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Types of which both databases make the same JSON as `JSON.stringify`. Of a double SQLite writes 15 digits of 17. */
const JSON_TYPES: ReadonlySet<unknown> = new Set(['varchar', 'text', 'integer']);

/** What differs between the databases. */
interface JsonSql {
  readonly object: string;
  /** Of milliseconds since the epoch, in the years 1 to 9999, the text that `Date.prototype.toISOString` makes of them. */
  readonly time: (millis: string) => string;
  /** All rows in one text, a line for each: JSON that a database writes has no line break in it. */
  readonly lines: (row: string, order: string) => string;
}

const DIALECTS: Readonly<Record<Dialect, JsonSql>> = {
  sqlite: {
    object: 'json_object',
    time: (millis) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${millis} / 1000.0, 'unixepoch')`,
    lines: (row, order) => `group_concat(${row}, char(10)${order})`,
  },
  postgres: {
    object: 'json_build_object',
    // Whole seconds, because `to_timestamp` takes a double, which has no digits left for the rest.
    time: (millis) =>
      `to_char((to_timestamp(${millis} / 1000) + ${millis} % 1000 * interval '1 millisecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    lines: (row, order) => `string_agg(${row}::text, chr(10)${order})`,
  },
};

/**
 * Has the database put together the JSON that an answer has of each row: what goes out as it is stored need be neither parsed nor
 * written again, and all rows are one value for the driver.
 */
export class RowJson {
  private readonly sql: JsonSql;

  /** @param properties of the rows, in the order in which the JSON has them */
  constructor(
    private readonly entity: PlainEntity,
    private readonly properties: readonly string[],
  ) {
    this.sql = DIALECTS[entity.dialect];
  }

  /**
   * One row with a column `rows`: the JSON of each row that was found on a line of its own, or null where there is none.
   *
   * @param source what follows the selection: FROM and WHERE
   * @param page limits what was found
   * @throws TypeError for what is no column, or one of which the databases do not write the same JSON
   */
  select(source: string, order: readonly RowOrder[], page: string): string {
    // A list that is made of rows has an order of its own.
    const kept = order.map(({ column }, place) => `, ${column} AS "order_${place}"`).join('');
    const again = order.map(({ direction }, place) => ({ column: `"order_${place}"`, direction }));
    const lines = this.sql.lines('"json"', orderBy(again));
    return `SELECT ${lines} AS "rows" FROM (SELECT ${this.object} AS "json"${kept}${source}${orderBy(order)} ${page}) AS "found"`;
  }

  private get object(): string {
    const members = this.properties.map((property) => `'${property}', ${this.value(property)}`);
    return `${this.sql.object}(${members.join(', ')})`;
  }

  private value(property: string): string {
    const { alias, metadata } = this.entity;
    const column = this.entity.column(property);
    if (!column || !hasJson(column))
      throw new TypeError(`${metadata.name} has no column ${property} that is read as JSON`);
    const value = column.value(alias);
    return column.isTime ? this.sql.time(value) : value;
  }
}

/** With a blank before it; of nothing it is nothing. */
export function orderBy(order: readonly RowOrder[]): string {
  if (order.length === 0) return '';
  return ` ORDER BY ${order.map(({ column, direction }) => `${column} ${direction}`).join(', ')}`;
}

function hasJson({ type, isTime, isComparable }: PlainColumn): boolean {
  return isTime || type === 'jsonb' || (isComparable && JSON_TYPES.has(type));
}
