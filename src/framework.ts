/**
 * The framework without the agent server, for any Nest application: `onauth-server/on-auth`. The guard and the decorators of
 * `src/on-auth`, and the scoped data source of `src/persistence`. It needs Nest, TypeORM and Passport strategies, and nothing else.
 *
 * @example import { Authorize, OnAuth, OnAuthModule, PersistenceModule, Scoped } from 'onauth-server/on-auth';
 */
// By itself, so that `declare module 'onauth-server/on-auth' { interface AuthEventMap { ... } }` reaches the map.
export type * from './on-auth/event.js';
export * from './on-auth/index.js';
export { whereContains } from './persistence/containment/containment.query.js';
export { epochMillis } from './persistence/epoch-millis.transformer.js';
export type { MigrationClass } from './persistence/migrations/migration.js';
export { statementsMigration } from './persistence/migrations/statements.migration.js';
export { PersistenceModule, type FeatureSchema } from './persistence/persistence.module.js';
export type { PersistenceSettings } from './persistence/persistence.settings.js';
export { rowOf } from './persistence/row.js';
export { ScopeViolationError } from './persistence/scope-violation.error.js';
export { Scoped, Unscoped } from './persistence/scoped.decorator.js';
export { isForeignKeyViolation, isUniqueViolation } from './persistence/unique-violation.js';
