import type { ObjectLiteral } from 'typeorm';
import { SCOPE_PARAMETER } from '../scope.mark.js';
import type { ScopedTable } from './scoped-table.js';
import type { TableScope } from './table.scope.js';

let decisions = 0;

/** What was compiled for one decision. It lives as long as the decision: for a request, or for a run. */
export class DecisionScopes {
  readonly byTable = new Map<ScopedTable, TableScope>();
  /** The names are the decision's own, so that no two scopes ever mix in one statement. */
  private readonly prefix = `${SCOPE_PARAMETER}${(decisions += 1)}_`;
  /** In a list: an object with keys that no other object has costs several times as much, once for each request. */
  private readonly values: unknown[] = [];

  /** Registers a bound value, returns its placeholder. */
  bind(value: unknown): string {
    return `:${this.prefix}${this.values.push(value)}`;
  }

  addTo(parameters: ObjectLiteral): void {
    for (const [index, value] of this.values.entries()) parameters[`${this.prefix}${index + 1}`] = value;
  }
}
