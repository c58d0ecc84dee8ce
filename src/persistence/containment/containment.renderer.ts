import type { Bind, Dialect } from '../filter-sql/filter.renderer.js';

/**
 * Renders "the JSON object in this column contains that one" (`contains`) for either database. Keys and values are bound.
 *
 * @param column quoted, and qualified where needed
 * @example renderContainment('postgres', '"t"."metadata"', { topic: 'x' }, bind) // "t"."metadata" @> CAST(:p AS jsonb)
 */
export function renderContainment(dialect: Dialect, column: string, wanted: object, bind: Bind): string {
  if (dialect === 'postgres') return `${column} @> CAST(${bind(JSON.stringify(wanted))} AS jsonb)`;
  return new SqliteContainment(column, bind).render(wanted);
}

/** SQLite has no containment operator: one condition for each value, one EXISTS for each element of an array. */
class SqliteContainment {
  private elements = 0;

  constructor(
    private readonly column: string,
    private readonly bind: Bind,
  ) {}

  render(wanted: object): string {
    return this.contains(this.bind('$'), wanted);
  }

  /** @param path SQL that yields a JSON path into the column */
  private contains(path: string, wanted: unknown): string {
    if (Array.isArray(wanted)) return this.containsAll(path, wanted as unknown[]);
    if (typeof wanted === 'object' && wanted !== null)
      return this.containsMembers(path, Object.entries(wanted));
    return `(${this.column} -> ${path}) = ${this.bind(JSON.stringify(wanted))}`;
  }

  private containsMembers(path: string, members: readonly [string, unknown][]): string {
    const conditions = members.map(([key, value]) =>
      this.contains(`(${path} || ${this.bind(`.${JSON.stringify(key)}`)})`, value),
    );
    return [this.isOfType(path, 'object'), ...conditions].join(' AND ');
  }

  private containsAll(path: string, elements: readonly unknown[]): string {
    const conditions = elements.map((element) => this.hasElement(path, element));
    return [this.isOfType(path, 'array'), ...conditions].join(' AND ');
  }

  private hasElement(path: string, wanted: unknown): string {
    const element = `element_${this.elements++}`;
    const condition = this.contains(`(${path} || '[' || ${element}.key || ']')`, wanted);
    return `EXISTS (SELECT 1 FROM json_each(${this.column}, ${path}) AS ${element} WHERE ${condition})`;
  }

  private isOfType(path: string, type: 'object' | 'array'): string {
    return `json_type(${this.column}, ${path}) = '${type}'`;
  }
}
