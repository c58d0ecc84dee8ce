/**
 * Everything that a deployment builds on: one import for policies and for resources of its own. The server's own resources are
 * made of the same parts.
 *
 * @example import { Authorize, Authorized, OnAuth, PersistenceModule, Scoped, createServer, routeInput } from '../../src/index.js';
 */
export type { AppOptions } from './app.module.js';
export type { Environment } from './configuration/configuration.parser.js';
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
export { flag, integer, list, text, type QueryParser } from './http/query.parsers.js';
export { isReservedMetadataKey, withoutReserved } from './http/reserved-metadata.js';
export { routeInput, type RouteInputOptions } from './http/route.input.js';
export { IsSearchable } from './http/searchable.validation.js';
export {
  IsFlag,
  IsId,
  IsIdList,
  IsLimit,
  IsListOf,
  IsOffset,
  IsOneOf,
  IsOneOrListOf,
  IsOptionalObject,
} from './http/validation.js';
// By itself, so that `declare module '.../src/index.js' { interface AuthEventMap { ... } }` reaches the map.
export type * from './on-auth/event.js';
export * from './on-auth/index.js';
export { whereContains } from './persistence/containment/containment.query.js';
export { epochMillis } from './persistence/epoch-millis.transformer.js';
export type { MigrationClass } from './persistence/migrations/migration.js';
export { statementsMigration } from './persistence/migrations/statements.migration.js';
export { PersistenceModule, type FeatureSchema } from './persistence/persistence.module.js';
export { rowOf } from './persistence/row.js';
export { Scoped, Unscoped } from './persistence/scoped.decorator.js';
export { isUniqueViolation } from './persistence/unique-violation.js';
export { OwnerPolicy } from './policies/owner.policy.js';
export { why } from './why/why.js';
export { parseWhyArguments } from './why/why.arguments.js';
export { serve } from './serve.js';
export { createServer } from './server.js';
