import type { Dialect } from '../filter-sql/filter.renderer.js';
import type { PlainColumn, PlainEntity } from './plain.entity.js';

/** A column that rows are put in order by, as SQL. */
export interface RowOrder {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Types of which both databases write the JSON of JavaScript. Of a double SQLite writes 15 digits of 17. */
const JSON_TYPES: ReadonlySet<unknown> = new Set(['varchar', 'text', 'integer']);

/** A member of an object: the column, and its value as SQL. Times are text already. */
type Member = Pick<PlainColumn, 'property' | 'type' | 'isTime'> & { readonly sql: string };

/** What differs between the databases. */
interface JsonSql {
  /** An object of these members, as text. */
  readonly object: (members: readonly Member[]) => string;
  /** Of milliseconds since the epoch, in the years 1 to 9999, the text that `Date.prototype.toISOString` makes of them. */
  readonly time: (millis: string) => string;
  /** A line for each row: JSON that a database writes has no line break in it. */
  readonly lines: (json: string, order: string) => string;
}

const DIALECTS: Readonly<Record<Dialect, JsonSql>> = {
  sqlite: {
    object: (members) =>
      `json_object(${members.map(({ property, sql }) => `'${property}', ${sql}`).join(', ')})`,
    time: (millis) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${millis} / 1000.0, 'unixepoch')`,
    lines: (json, order) => `group_concat(${json}, char(10)${order})`,
  },
  postgres: {
    // Text that is joined takes less time than `json_build_object`, and adds no blanks.
    object: (members) => {
      const texts = members.map(
        (member, index) =>
          `'${index > 0 ? ',' : ''}"${member.property}":' || COALESCE(${jsonText(member)}, 'null')`,
      );
      return ["'{'", ...texts, "'}'"].join(' || ');
    },
    // Whole seconds, because `to_timestamp` takes a double, which has no digits left for the rest.
    time: (millis) =>
      `to_char((to_timestamp(${millis} / 1000) + ${millis} % 1000 * interval '1 millisecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    lines: (json, order) => `string_agg(${json}, chr(10)${order})`,
  },
};

/** On PostgreSQL; NULL of NULL. */
function jsonText({ type, isTime, sql }: Member): string {
  if (isTime) return `'"' || ${sql} || '"'`;
  return type === 'jsonb' ? `${sql}::text` : `to_json(${sql})::text`;
}

/**
 * Has the database put together the JSON that an answer has of each row: what goes out as it is stored need be neither parsed nor
 * written again, and all rows are one value for the driver. The guard of SQL may take a property that is called like a scoped table for
 * that table, and refuse.
 */
export class RowJson {
  private readonly sql: JsonSql;
  private readonly columns: readonly PlainColumn[];

  /**
   * @param properties of the rows, in the order in which the JSON has them
   * @throws TypeError for what is no column, or one of which the databases do not write the same JSON
   */
  constructor(
    private readonly entity: PlainEntity,
    properties: readonly string[],
  ) {
    this.sql = DIALECTS[entity.dialect];
    this.columns = properties.map((property) => {
      const column = entity.column(property);
      if (column && hasJson(column)) return column;
      throw new TypeError(`${entity.metadata.name} has no column ${property} that is read as JSON`);
    });
  }

  /**
   * A column `rows` of one row: the JSON of each row that was found on a line of its own, or null where there is none. JSON is made of
   * those alone that are within the limit: PostgreSQL would make it of the others that stand in the same SELECT too.
   *
   * @param source what follows the selection: FROM and WHERE
   * @param limit LIMIT and OFFSET
   */
  select(source: string, order: readonly RowOrder[], limit: string): string {
    const { alias } = this.entity;
    const own = this.columns.map(({ quoted }) => `${alias}.${quoted}`);
    const needed = new Set([...own, ...order.map(({ column }) => column)]);
    const found = `SELECT ${[...needed].join(', ') || '1'}${source}${orderBy(order)} ${limit}`;
    // A list that is made of rows has an order of its own.
    return `SELECT ${this.sql.lines(this.object, orderBy(order))} AS "rows" FROM (${found}) ${alias}`;
  }

  private get object(): string {
    return this.sql.object(this.columns.map((column) => this.member(column)));
  }

  private member({ property, type, isTime, value }: PlainColumn): Member {
    const sql = value(this.entity.alias);
    return { property, type, isTime, sql: isTime ? this.sql.time(sql) : sql };
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
