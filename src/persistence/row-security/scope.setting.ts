import { AuthorizationContext } from '../../on-auth/authorization.context.js';
import type { ServiceClientSettings } from '../postgres/service.client.js';
import { SCOPE_SETTING } from './scope.functions.js';
import { ScopeSealer } from './scope.sealer.js';
import { readScopeSecret } from './scope.secret.js';

type ScopeSetting = NonNullable<ServiceClientSettings['transactionSetting']>;

/** The setting that carries the scope of the current `AuthorizationContext`, sealed. */
export function scopeSetting(sealer: ScopeSealer): ScopeSetting {
  return { name: SCOPE_SETTING, current: () => sealer.seal(AuthorizationContext.current()) };
}

/** @param ownerUrl of the owner of the tables, who knows the secret */
export async function scopeSettingOf(ownerUrl: string): Promise<ScopeSetting> {
  return scopeSetting(new ScopeSealer(await readScopeSecret(ownerUrl)));
}
