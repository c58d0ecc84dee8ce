import { keysOf, type Filter } from '../on-auth/filter/filter.js';
import { scopeKeyExpression } from './filter-sql/filter.renderer.js';
import type { ScopedTable } from './scoping/scoped-table.js';

const SIMPLE_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_REMEMBERED = 1_000;

/**
 * Names a filter that no index serves, once, with the cure. Such a filter is right, but it reads every row of the table.
 *
 * @example
 * const advisor = new ScopeIndexAdvisor(false, new Set(['owner']), (advice) => logger.warn(advice));
 * advisor.consider(threads, parseFilter({ team: 'red' })); // The filter on thread by team is served by no index ...
 */
export class ScopeIndexAdvisor {
  private readonly advised = new Set<string>();

  constructor(
    /** Whether an index serves all that the metadata contains, as on PostgreSQL without row-level security. */
    private readonly containmentIsIndexed: boolean,
    private readonly scopeKeys: ReadonlySet<string>,
    private readonly advise: (advice: string) => void,
  ) {}

  consider(table: ScopedTable, filter: Filter): void {
    if (this.isServed(filter)) return;
    const keys = keysOf(filter);
    const name = `${table.metadata.tableName} by ${keys.join(', ')}`;
    if (this.advised.has(name) || this.advised.size >= MAX_REMEMBERED) return;
    this.advised.add(name);
    this.advise(
      `The filter on ${name} is served by no index: every row is read. ${this.cureFor(table, filter)}`,
    );
  }

  /** Equality on a scope key has its own index; PostgreSQL's GIN index finds what contains a value. */
  private isServed(filter: Filter): boolean {
    switch (filter.kind) {
      case 'equals':
      case 'in':
        return this.containmentIsIndexed || this.scopeKeys.has(filter.key);
      case 'contains':
        return this.containmentIsIndexed;
      case 'all':
        return filter.of.some((part) => this.isServed(part));
      case 'any':
        return filter.of.every((part) => this.isServed(part));
      case 'everything':
        return true;
      case 'exists':
      case 'not':
        return false;
    }
  }

  private cureFor({ owner, path }: ScopedTable, filter: Filter): string {
    const key = this.missingKey(filter);
    if (key === undefined || owner.kind === 'parents') {
      return 'Combine it with an equality on a scope key, by which the rows are found first.';
    }
    const expression = scopeKeyExpression(`"${owner.column.databaseName}"`, key);
    return `Add "${key}" to SCOPE_KEYS, which indexes ${path} on ${expression}.`;
  }

  /** A key that, indexed, would serve this part of the filter. */
  private missingKey(filter: Filter): string | undefined {
    switch (filter.kind) {
      case 'equals':
      case 'in':
        return !this.scopeKeys.has(filter.key) && SIMPLE_KEY.test(filter.key) ? filter.key : undefined;
      case 'all':
        return filter.of.map((part) => this.missingKey(part)).find((key) => key !== undefined);
      case 'any':
        return filter.of.every((part) => this.isServed(part) || this.missingKey(part) !== undefined)
          ? filter.of.map((part) => this.missingKey(part)).find((key) => key !== undefined)
          : undefined;
      default:
        return undefined;
    }
  }
}
