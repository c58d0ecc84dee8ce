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

/** Where in the document a value stands: SQL that yields a path to an element of a list, if it is in one, and the keys from there on. */
interface Place {
  readonly element?: string;
  readonly keys: string;
}

const ROOT: Place = { keys: '' };

/** SQLite has no containment operator: one condition for each value, one EXISTS for each element of an array. */
class SqliteContainment {
  private elements = 0;

  constructor(
    private readonly column: string,
    private readonly bind: Bind,
  ) {}

  render(wanted: object): string {
    return this.contains(ROOT, wanted);
  }

  private contains(place: Place, wanted: unknown): string {
    if (Array.isArray(wanted)) return this.containsAll(this.path(place), wanted as unknown[]);
    if (typeof wanted === 'object' && wanted !== null)
      return this.containsMembers(place, Object.entries(wanted));
    return `(${this.column} -> ${this.path(place)}) = ${this.bind(JSON.stringify(wanted))}`;
  }

  /** What has a member is an object: of anything else a path with a key finds nothing. */
  private containsMembers(place: Place, members: readonly [string, unknown][]): string {
    if (members.length === 0) return this.isOfType(this.path(place), 'object');
    return members
      .map(([key, value]) => this.contains({ ...place, keys: `${place.keys}.${JSON.stringify(key)}` }, value))
      .join(' AND ');
  }

  private containsAll(path: string, elements: readonly unknown[]): string {
    const conditions = elements.map((element) => this.hasElement(path, element));
    return [this.isOfType(path, 'array'), ...conditions].join(' AND ');
  }

  private hasElement(path: string, wanted: unknown): string {
    const element = `element_${this.elements++}`;
    const condition = this.contains({ element: `${path} || '[' || ${element}.key || ']'`, keys: '' }, wanted);
    return `EXISTS (SELECT 1 FROM json_each(${this.column}, ${path}) AS ${element} WHERE ${condition})`;
  }

  /** SQL of the path. It is bound in one piece where it is known, so that it is not put together for each row. */
  private path({ element, keys }: Place): string {
    if (element === undefined) return this.bind(`$${keys}`);
    return keys === '' ? `(${element})` : `(${element} || ${this.bind(keys)})`;
  }

  private isOfType(path: string, type: 'object' | 'array'): string {
    return `json_type(${this.column}, ${path}) = '${type}'`;
  }
}
