import { AuthorizationContext, scopeOf } from '../../../on-auth/authorization.context.js';
import type { Run } from '../../run.entity.js';

/** Works as the run's recorded principal, under the decision that was taken for its creation. */
export function inScopeOf<T>({ principal, decision }: Run, work: () => T): T {
  return AuthorizationContext.run(scopeOf(principal, 'threads', decision), work);
}
