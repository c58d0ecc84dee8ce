import type { DataSource, ObjectLiteral } from 'typeorm';
import { AuthorizationContext, type PrincipalScope } from '../../on-auth/authorization.context.js';
import type { Decision } from '../../on-auth/decision.js';
import { ScopeMissingError } from '../../on-auth/errors.js';
import { SCOPE_MARK } from '../scope.mark.js';
import { DecisionScopes } from './decision.scopes.js';
import type { ScopeCompiler, ScopeSource } from './scope.compiler.js';
import type { ScopedTable } from './scoped-table.js';
import type { ScopedTableRegistry } from './scoped-table.registry.js';
import type { TableScope } from './table.scope.js';

type Decisions = PrincipalScope['decisions'];

const scopings = new WeakMap<DataSource, Scoping>();

/** What the query builders of a data source ask: which rows of this table may the current caller reach? */
export class Scoping {
  private readonly compiled = new WeakMap<Decision, DecisionScopes>();

  constructor(
    private readonly tables: ScopedTableRegistry,
    private readonly compiler: ScopeCompiler,
  ) {}

  /** The scoping of the data source that a query builder belongs to; none before its entities are known. */
  static of(dataSource: DataSource): Scoping | undefined {
    return scopings.get(dataSource);
  }

  applyTo(dataSource: DataSource): void {
    scopings.set(dataSource, this);
  }

  /**
   * The scope of the table for the current caller. None where there is nothing to scope: the table is not `@Scoped`, or the
   * system is at work.
   *
   * @throws ScopeMissingError when nobody was authorized, or nothing was decided about the table's resource
   */
  on(path: string): TableScope | undefined {
    const table = this.tables.find(path);
    if (!table) return undefined;
    const scope = AuthorizationContext.current();
    if (!scope) throw new ScopeMissingError(`a query on ${table.name} outside any authorization`);
    return scope.kind === 'system' ? undefined : this.scopeUnder(scope.decisions, table);
  }

  /** The condition of a scope where the table goes by another name. */
  conditionAs(qualifier: string, { table, condition, decisions }: TableScope): string | undefined {
    if (qualifier === table.qualifier) return condition;
    const decided = new Map(
      table.resources.flatMap((resource, index) => {
        const decision = decisions[index];
        return decision ? [[resource, decision] as const] : [];
      }),
    );
    return this.compiler.conditionOn(table, this.sourceOf(decided, table), qualifier);
  }

  /** Adds the parameters of the current scope to a builder's own: always all of them, and they win over the caller's. */
  withParameters(own: ObjectLiteral): ObjectLiteral {
    const scope = AuthorizationContext.current();
    if (scope?.kind !== 'principal') return own;
    for (const decision of scope.decisions.values()) this.compiled.get(decision)?.addTo(own);
    return own;
  }

  private scopeUnder(decisions: Decisions, table: ScopedTable): TableScope {
    const { byTable } = this.compiledFor(decisionOn(table, table.resources[0], decisions));
    const known = byTable.get(table);
    if (known && isUnder(decisions, known)) return known;
    const scope = this.compile(decisions, table);
    byTable.set(table, scope);
    return scope;
  }

  private compile(decisions: Decisions, table: ScopedTable): TableScope {
    const source = this.sourceOf(decisions, table);
    const condition = this.compiler.conditionOn(table, source);
    const marked = table.path + SCOPE_MARK;
    const rows = condition === undefined ? marked : `(SELECT * FROM ${marked} WHERE ${condition})`;
    return { table, decisions: table.resources.map(source.decisionOn), condition, rows };
  }

  private sourceOf(decisions: Decisions, table: ScopedTable): ScopeSource {
    return {
      decisionOn: (resource) => decisionOn(table, resource, decisions),
      bind: (decision, value) => this.compiledFor(decision).bind(value),
    };
  }

  private compiledFor(decision: Decision): DecisionScopes {
    let compiled = this.compiled.get(decision);
    if (!compiled) this.compiled.set(decision, (compiled = new DecisionScopes()));
    return compiled;
  }
}

function isUnder(decisions: Decisions, { table, decisions: known }: TableScope): boolean {
  return (
    known.length === 1 || table.resources.every((resource, index) => known[index] === decisions.get(resource))
  );
}

function decisionOn(table: ScopedTable, resource: string, decisions: Decisions): Decision {
  const decision = decisions.get(resource);
  if (!decision)
    throw new ScopeMissingError(`a query on ${table.name}, but nothing was decided about "${resource}"`);
  return decision;
}
