import { Injectable, Optional } from '@nestjs/common';
import { scopeOf } from './authorization.context.js';
import { Authorizer } from './authorizer.js';
import { DENY, type Decision } from './decision.js';
import { WiringError } from './errors.js';
import type { Eventual } from './eventual.js';
import { resourceOf, type AuthEvent, type AuthValue } from './event.js';
import type { Explanation, Rejection, Verdict } from './explain/explanation.js';
import { refusalOf } from './explain/refusal.js';
import { idNamedBy, requestNaming, routeFor } from './explain/row.request.js';
import { ScopedRows, type FoundRow } from './explain/scoped.rows.js';
import { formatFilter } from './filter/filter.formatter.js';
import { firstMismatch } from './filter/filter.mismatch.js';
import { HandlerResolver } from './handler.resolver.js';
import type { Principal } from './principal.js';
import { RouteAuthorizer } from './route.authorizer.js';
import { RouteRegistry } from './route.registry.js';

export interface ExplainOptions {
  /** What the request would carry beside the id, for events whose routes need more. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Which of the routes that fire the event: `ThreadsController.copy`. The most usual one unless given. */
  readonly route?: string;
}

/**
 * Says what is decided, and why: the same resolver, handler, route and SQL as for a request, so the answer is the guard's. It
 * asks the handler for real. Not a route: what it tells is for operators and tests.
 */
@Injectable()
export class OnAuthService {
  constructor(
    private readonly resolver: HandlerResolver,
    private readonly authorizer: Authorizer,
    private readonly routeAuthorizer: RouteAuthorizer,
    private readonly routes: RouteRegistry,
    @Optional() private readonly rows?: ScopedRows,
  ) {}

  /** What is decided about an event with this value, which the handler may change. */
  async decide<E extends AuthEvent>(principal: Principal, event: E, value: AuthValue<E>): Promise<Verdict> {
    return this.verdict(principal, event, () => this.authorizer.decide(principal, event, value));
  }

  /**
   * What somebody meets who asks for one row.
   *
   * @param id as a client writes it
   * @throws WiringError for an event that no route fires
   * @example (await onAuth.explain(bob, 'threads:read', thread_id)).mismatch // 'owner = "bob", but owner is "alice"'
   */
  async explain(
    principal: Principal,
    event: AuthEvent,
    id: string,
    { body, route: name }: ExplainOptions = {},
  ): Promise<Explanation> {
    const route = routeFor(event, this.routes.all(), name);
    if (!route)
      throw new WiringError(
        `No route${name ? ` ${name}` : ''} fires "${event}". Known: ${this.routes.events().join(', ')}.`,
      );
    const request = requestNaming(id, route, body);
    let rowId = id;
    const verdict = await this.verdict(principal, event, async () => {
      const { value, decision } = await this.routeAuthorizer.decide(route.access, principal, request);
      rowId = idNamedBy(value, route) ?? id;
      return decision;
    });
    const row = await this.rowUnder(verdict, rowId);
    return {
      ...verdict,
      route: route.name,
      id: rowId,
      row,
      mismatch: mismatchOf(verdict, row),
      status: statusOf(verdict, row),
    };
  }

  private async verdict(
    principal: Principal,
    event: AuthEvent,
    decide: () => Eventual<Decision>,
  ): Promise<Verdict> {
    const [winner, ...shadowed] = this.resolver.candidates(event);
    const { decision, refusal } = await settled(decide);
    return {
      event,
      principal,
      handler: winner?.name,
      pattern: winner?.pattern,
      shadows: shadowed.map(({ name }) => name),
      decision,
      refusal,
      filter: decision?.kind === 'restrict' ? formatFilter(decision.filter) : undefined,
      scopes: decision && !refusal ? (this.rows?.render(resourceOf(event), decision) ?? []) : [],
    };
  }

  private async rowUnder({ principal, event, decision }: Verdict, id: string): Promise<FoundRow | undefined> {
    const resource = resourceOf(event);
    return this.rows?.find(resource, id, scopeOf(principal, resource, decision ?? DENY));
  }
}

async function settled(
  decide: () => Eventual<Decision>,
): Promise<{ readonly decision?: Decision; readonly refusal?: Rejection }> {
  try {
    const decision = await decide();
    return decision.kind === 'deny'
      ? { decision, refusal: { status: 403, message: 'Forbidden' } }
      : { decision };
  } catch (error) {
    return { refusal: refusalOf(error) };
  }
}

function mismatchOf({ decision }: Verdict, row: FoundRow | undefined): string | undefined {
  return row && decision?.kind === 'restrict' ? firstMismatch(decision.filter, row.metadata) : undefined;
}

function statusOf({ refusal }: Verdict, row: FoundRow | undefined): number {
  return refusal?.status ?? (row?.visible ? 200 : 404);
}
