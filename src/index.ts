/**
 * Everything that a deployment builds on: one import for policies and for resources of its own. The server's own resources are
 * made of the same parts.
 *
 * @example import { Authorize, Authorized, OnAuth, PersistenceModule, Scoped, createServer, routeInput } from '../../src/index.js';
 */
export type { AppOptions } from './app.module.js';
export type { AuthenticationModuleOptions } from './authentication/authentication.module.js';
export {
  ClaimsMapper,
  StandardClaimsMapper,
  type PrincipalCandidate,
} from './authentication/claims.mapper.js';
export type { TokenClaims } from './authentication/token.claims.js';
export type { Environment } from './configuration/configuration.parser.js';
export * from './framework.js';
export type { JsonObject } from './http/json.js';
export {
  mapPage,
  pageOf,
  sendPage,
  sendUnlessMinimal,
  wantsMinimal,
  wantsTotal,
  type Page,
} from './http/page.js';
export { Documented, PAGE_HEADERS, type RouteDocumentation } from './http/documented.decorator.js';
export { isReservedMetadataKey, withoutReserved } from './http/reserved-metadata.js';
export { entitySchema } from './http/schema/entity.schema.js';
export { IsSearchable } from './http/searchable.validation.js';
// By itself, so that `declare module '.../src/index.js' { interface AuthEventMap { ... } }` reaches the map.
export type * from './on-auth/event.js';
export { OwnerPolicy } from './policies/owner.policy.js';
export * from './route-input.js';
export { why } from './why/why.js';
export { parseWhyArguments } from './why/why.arguments.js';
export { serve } from './serve.js';
export { createServer } from './server.js';
