import { v4 as uuid } from 'uuid';
import { contains } from '../../../src/persistence/containment/containment.js';
import type { Metadata, Verdict } from './rules.js';

export interface Row {
  readonly id: string;
  metadata: Metadata;
  /** ISO 8601, as the server says it. */
  readonly created_at: string;
}

/** An id that a request names, and the row that has it. */
export interface Named<T> {
  readonly id: string;
  readonly row: T | undefined;
}

/** The rows of one kind that the model knows, and the ids of those that are gone. */
export class Rows<T extends Row> {
  private readonly living = new Map<string, T>();
  private readonly ids: string[] = [];

  add(row: T): T {
    if (!this.ids.includes(row.id)) this.ids.push(row.id);
    this.living.set(row.id, row);
    return row;
  }

  remove(id: string): void {
    this.living.delete(id);
  }

  get(id: string): T | undefined {
    return this.living.get(id);
  }

  /** The row that was drawn by its place, gone or not; a negative place is an id that never existed. */
  at(place: number): Named<T> {
    const id = place < 0 || this.ids.length === 0 ? uuid() : this.ids[place % this.ids.length];
    return { id, row: this.living.get(id) };
  }

  all(): readonly T[] {
    return [...this.living.values()];
  }

  known(): readonly string[] {
    return this.ids;
  }

  /** Those that a search has to find, in no order. */
  found(verdict: Verdict, criteria: Metadata = {}): readonly T[] {
    return this.all().filter((row) => isFound(row.metadata, verdict, criteria));
  }
}

export function isFound(metadata: Metadata, { reaches, narrow }: Verdict, criteria: Metadata = {}): boolean {
  return reaches(metadata) && contains(metadata, criteria) && contains(metadata, narrow);
}
