import type { ObjectLiteral } from 'typeorm';
import type { PlainColumn } from './plain.entity.js';

/** What the column with the values of the others is called. */
const PACKED = 'packed_row';

/**
 * Types whose values come out of JSON as the driver gives them. Of a double SQLite writes 15 digits into JSON, and a long text is
 * read sooner by itself.
 */
const PACKED_TYPES: ReadonlySet<unknown> = new Set(['varchar', 'integer', 'bigint', 'boolean', 'jsonb']);

/**
 * A row of SQLite in one column: the values of its columns as a list in JSON. Each column of each row that the driver makes a
 * property of takes it 0.3 microseconds, and each document has to be parsed for itself; here all of it is parsed at once.
 */
export class PackedRow {
  /** What a SELECT gives of a row. */
  readonly selection: string;
  private readonly packed: readonly PlainColumn[];
  private readonly others: readonly PlainColumn[];

  /** @param qualifier of the columns in the SELECT */
  constructor(columns: readonly PlainColumn[], qualifier: string) {
    this.packed = columns.filter(({ type }) => PACKED_TYPES.has(type));
    this.others = columns.filter(({ type }) => !PACKED_TYPES.has(type));
    const values = this.packed.map(({ value }) => value(qualifier)).join(', ');
    const others = this.others.map(({ selected }) => selected(qualifier));
    this.selection = [`json_array(${values}) AS "${PACKED}"`, ...others].join(', ');
  }

  /** @param row that the selection gave */
  readInto(entity: ObjectLiteral, row: ObjectLiteral): void {
    const values = JSON.parse(row[PACKED] as string) as readonly unknown[];
    let place = 0;
    for (const { property, type, read } of this.packed) {
      const value = values[place++];
      entity[property] = type === 'jsonb' ? value : read(value);
    }
    for (const { property, name, read } of this.others) entity[property] = read(row[name]);
  }
}
