import type { PrincipalScope } from '../../src/on-auth/authorization.context.js';
import { parseDecision, type Decision } from '../../src/on-auth/decision.js';
import { parsePrincipal, type Principal } from '../../src/on-auth/principal.js';

/** A scope in which a principal reaches what it owns, of threads and of assistants. */
export function scopeFor(identity: string): PrincipalScope {
  return scopeWith(identity, { threads: { owner: identity }, assistants: { owner: identity } });
}

/** A scope with these results of handlers, by resource. */
export function scopeWith(identity: string, results: Readonly<Record<string, unknown>>): PrincipalScope {
  const decisions = new Map<string, Decision>(
    Object.entries(results).map(([resource, result]) => [resource, parseDecision(result)]),
  );
  return { kind: 'principal', principal: principal(identity), decisions };
}

function principal(identity: string): Principal {
  const parsed = parsePrincipal(identity);
  if (!parsed) throw new TypeError(`not an identity: ${identity}`);
  return parsed;
}
