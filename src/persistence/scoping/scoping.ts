import type { DataSource, ObjectLiteral } from 'typeorm';
import { AuthorizationContext, type PrincipalScope } from '../../on-auth/authorization.context.js';
import type { Decision } from '../../on-auth/decision.js';
import { ScopeMissingError } from '../../on-auth/errors.js';
import { BoundedCache } from '../bounded.cache.js';
import type { ScopeCompiler } from './scope.compiler.js';
import { ScopeForm, UNNAMED } from './scope.form.js';
import type { ScopedTable } from './scoped-table.js';
import type { ScopedTableRegistry } from './scoped-table.registry.js';
import type { TableScope } from './table.scope.js';

type Decisions = PrincipalScope['decisions'];

/** Handlers whose filters are of ever new forms, such as lists that grow, must not fill the memory. */
const REMEMBERED_FORMS = 2_000;

const scopings = new WeakMap<DataSource, Scoping>();

/** What the queries of a data source ask: which rows of this table may the current caller reach? */
export class Scoping {
  /** What was compiled for a decision. It lives as long as the decision, which may be that of many requests. */
  private readonly compiled = new WeakMap<Decision, Map<ScopedTable, TableScope>>();
  /** What was asked for under the decisions of one request or run. */
  private readonly asked = new WeakMap<Decisions, TableScope[]>();
  private readonly forms = new BoundedCache<string, ScopeForm>(REMEMBERED_FORMS);

  constructor(
    private readonly tables: ScopedTableRegistry,
    private readonly compiler: ScopeCompiler,
  ) {}

  /** The scoping of the data source that a query belongs to; none before its entities are known. */
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
    const decisions = table && decisionsAbout(table);
    return decisions && this.scopeUnder(decisions, table, table.qualifier);
  }

  /** The same for a statement that binds the values of the scope itself: `addParameters` need not know of it. Throws as `on`. */
  boundOn(path: string): TableScope | undefined {
    const table = this.tables.find(path);
    const decisions = table && decisionsAbout(table);
    return decisions && this.compiledOnce(decisions, table);
  }

  /** The condition of a scope where the table goes by another name. */
  conditionAs(qualifier: string, { table, form }: TableScope): string | undefined {
    if (qualifier === table.qualifier) return form.condition;
    const scope = AuthorizationContext.current();
    if (scope?.kind !== 'principal') throw new ScopeMissingError(`a query on ${table.name} lost its scope`);
    return this.scopeUnder(scope.decisions, table, qualifier).form.condition;
  }

  /** Adds the parameters of the current scope to a builder's own: always all of them, and they win over the caller's. */
  addParameters(own: ObjectLiteral): void {
    const scope = AuthorizationContext.current();
    if (scope?.kind !== 'principal') return;
    for (const asked of this.asked.get(scope.decisions) ?? [])
      if (isUnder(scope.decisions, asked)) addParametersOf(asked, own);
  }

  private scopeUnder(decisions: Decisions, table: ScopedTable, qualifier: string): TableScope {
    let asked = this.asked.get(decisions);
    if (!asked) this.asked.set(decisions, (asked = []));
    for (const scope of asked)
      if (scope.table === table && scope.qualifier === qualifier && isUnder(decisions, scope)) return scope;
    const scope =
      qualifier === table.qualifier
        ? this.compiledOnce(decisions, table)
        : this.compile(decisions, table, qualifier);
    asked.push(scope);
    return scope;
  }

  /** Under the table's own name: others are of queries, and may be ever new ones. */
  private compiledOnce(decisions: Decisions, table: ScopedTable): TableScope {
    const decision = decisionOn(table, table.resources[0], decisions);
    let compiled = this.compiled.get(decision);
    if (!compiled) this.compiled.set(decision, (compiled = new Map<ScopedTable, TableScope>()));
    let scope = compiled.get(table);
    if (!scope || !isUnder(decisions, scope))
      compiled.set(table, (scope = this.compile(decisions, table, table.qualifier)));
    return scope;
  }

  private compile(decisions: Decisions, table: ScopedTable, qualifier: string): TableScope {
    const values: unknown[] = [];
    const decided = (resource: string): Decision => decisionOn(table, resource, decisions);
    const bind = (_: Decision, value: unknown): string => `${UNNAMED}${values.push(value)}`;
    const condition = this.compiler.conditionOn(table, { decisionOn: decided, bind }, qualifier);
    const form = this.forms.getOrCompute(
      `${table.path} ${condition ?? ''}`,
      () => new ScopeForm(table.path, condition),
    );
    return { table, qualifier, decisions: table.resources.map(decided), form, values };
  }
}

/** None where the system is at work. */
function decisionsAbout({ name }: ScopedTable): Decisions | undefined {
  const scope = AuthorizationContext.current();
  if (!scope) throw new ScopeMissingError(`a query on ${name} outside any authorization`);
  return scope.kind === 'system' ? undefined : scope.decisions;
}

function addParametersOf({ form, values }: TableScope, parameters: ObjectLiteral): void {
  for (const [place, value] of values.entries()) parameters[form.parameterAt(place)] = value;
}

function isUnder(decisions: Decisions, { table, decisions: known }: TableScope): boolean {
  return table.resources.every((resource, index) => known[index] === decisions.get(resource));
}

function decisionOn(table: ScopedTable, resource: string, decisions: Decisions): Decision {
  const decision = decisions.get(resource);
  if (!decision)
    throw new ScopeMissingError(`a query on ${table.name}, but nothing was decided about "${resource}"`);
  return decision;
}
