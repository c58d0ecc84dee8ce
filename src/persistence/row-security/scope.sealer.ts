import { createHmac } from 'node:crypto';
import type { AuthorizationScope, PrincipalScope } from '../../on-auth/authorization.context.js';
import { BoundedCache } from '../bounded.cache.js';
import type { Filter } from '../../on-auth/filter/filter.js';

const REMEMBERED_SCOPES = 1_000;
const EVERYTHING: Filter = { kind: 'everything' };

/**
 * Writes scopes as the database reads them, sealed with a secret that only the service and the owner of the tables know. It is
 * made from the `AuthorizationContext` alone, so no other part of the service can claim a scope.
 *
 * @example new ScopeSealer(secret).seal(AuthorizationContext.current())
 */
export class ScopeSealer {
  private readonly sealed = new WeakMap<object, string>();
  /** Each request decides anew, mostly the same for the same principal. */
  private readonly byText = new BoundedCache<string, string>(REMEMBERED_SCOPES);
  private readonly system: string;

  constructor(private readonly secret: Uint8Array) {
    this.system = this.withSeal({ all: EVERYTHING });
  }

  /** The value of the setting. Nothing for nobody: without a setting there are no rows. */
  seal(scope: AuthorizationScope | undefined): string {
    if (!scope) return '';
    if (scope.kind === 'system') return this.system;
    let setting = this.sealed.get(scope.decisions);
    if (setting === undefined) {
      setting = this.withSeal({ of: Object.fromEntries(filtersOf(scope.decisions)) });
      this.sealed.set(scope.decisions, setting);
    }
    return setting;
  }

  private withSeal(scope: object): string {
    return this.byText.getOrCompute(JSON.stringify(scope), this.computeSeal);
  }

  private readonly computeSeal = (text: string): string =>
    createHmac('sha256', this.secret).update(text).digest('hex') + text;
}

/** By resource; where nothing is allowed there is none. */
function filtersOf(decisions: PrincipalScope['decisions']): readonly (readonly [string, Filter])[] {
  return [...decisions].flatMap(([resource, decision]) => {
    switch (decision.kind) {
      case 'allow':
        return [[resource, EVERYTHING] as const];
      case 'restrict':
        return [[resource, decision.filter] as const];
      case 'deny':
        return [];
    }
  });
}
