import { Injectable } from '@nestjs/common';
import { ClaimsMapper, type TokenClaims } from '../../src/index.js';

/** Permissions from the roles that some providers put into `realm_access: { roles: [...] }`. */
@Injectable()
export class RolesClaimsMapper extends ClaimsMapper {
  override toPrincipal({ sub, name, realm_access }: TokenClaims) {
    return { identity: sub, display_name: name, permissions: rolesOf(realm_access) };
  }
}

/** A claim is what somebody else has written: nothing is taken of one that is not as expected. */
function rolesOf(access: unknown): unknown {
  return typeof access === 'object' && access !== null && 'roles' in access ? access.roles : [];
}
