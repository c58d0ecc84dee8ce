import type { Decision, Restrict } from '../../on-auth/decision.js';
import { keyColumnName, renderFilter, type Dialect } from '../filter-sql/filter.renderer.js';
import { SCOPE_MARK } from '../scope.mark.js';
import type { OwnMetadata, ParentLink, ScopedTable } from './scoped-table.js';

export interface CompilerOptions {
  readonly dialect: Dialect;
  readonly scopeKeys: ReadonlySet<string>;
  /** Whether tables keep their scope keys in columns as well, as they do under row-level security. Views never do. */
  readonly hasKeyColumns: boolean;
  /** Told of every filter that is bound to a table, at least once. */
  readonly onFilter: (table: ScopedTable, filter: Restrict['filter']) => void;
}

/** What a condition is rendered from. */
export interface ScopeSource {
  readonly decisionOn: (resource: string) => Decision;
  /** Registers a value bound for a decision, returns its placeholder. */
  readonly bind: (decision: Decision, value: unknown) => string;
}

const NOTHING = '1 = 0';

/** Turns decisions into the condition that visible rows of a table satisfy. */
export class ScopeCompiler {
  constructor(private readonly options: CompilerOptions) {}

  /**
   * @param qualifier what the table is called where the condition will stand
   * @returns nothing where every row is visible
   */
  conditionOn(table: ScopedTable, source: ScopeSource, qualifier = table.qualifier): string | undefined {
    return this.render(table, source, qualifier, 1);
  }

  private render(
    table: ScopedTable,
    source: ScopeSource,
    qualifier: string,
    depth: number,
  ): string | undefined {
    const { owner } = table;
    if (owner.kind === 'metadata') return this.renderOwn(table, owner, source, qualifier);
    const parts = owner.links.flatMap((link) => this.renderLink(link, source, qualifier, depth) ?? []);
    return parts.length > 0 ? parts.join(' AND ') : undefined;
  }

  private renderOwn(
    table: ScopedTable,
    { name, resource }: OwnMetadata,
    { decisionOn, bind }: ScopeSource,
    qualifier: string,
  ): string | undefined {
    const decision = decisionOn(resource);
    if (decision.kind === 'allow') return undefined;
    if (decision.kind === 'deny') return NOTHING;
    const { dialect, scopeKeys, hasKeyColumns, onFilter } = this.options;
    const isInColumns = hasKeyColumns && table.metadata.tableType !== 'view';
    onFilter(table, decision.filter);
    return renderFilter(decision.filter, {
      dialect,
      scopeKeys,
      column: `${qualifier}.${name}`,
      bind: (value) => bind(decision, value),
      keyColumnOf: isInColumns ? (key) => `${qualifier}.${keyColumnName(key)}` : undefined,
    });
  }

  /**
   * A correlated EXISTS: for IN (SELECT ...) SQLite would first collect all visible parents, even to find one child by id.
   */
  private renderLink(
    { parent, keys }: ParentLink,
    source: ScopeSource,
    qualifier: string,
    depth: number,
  ): string | undefined {
    const alias = `"scope_${depth}"`;
    const condition = this.render(parent, source, alias, depth + 1);
    if (condition === undefined || condition === NOTHING) return condition;
    const joins = keys.map(({ ownName, parentName }) => `${alias}.${parentName} = ${qualifier}.${ownName}`);
    return `EXISTS (SELECT 1 FROM ${parent.path}${SCOPE_MARK} ${alias} WHERE ${joins.join(' AND ')} AND ${condition})`;
  }
}
