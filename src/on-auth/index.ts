export type { Admission } from './admission.js';
export { AuthorizationMatrix } from './authorization.matrix.js';
export type { MatrixRow } from './authorization.matrix.js';
export { AuthorizationContext, runAsSystem } from './authorization.context.js';
export type { AuthorizationScope, PrincipalScope, SystemScope } from './authorization.context.js';
export { AuthorizationEvents } from './authorization.events.js';
export type { AuthorizationEvent, AuthorizationListener, RowName } from './authorization.events.js';
export { Authorize, Authorized, CurrentUser, Public } from './authorize.decorator.js';
export { Authorizer } from './authorizer.js';
export type { Allow, Decision, Deny, Restrict } from './decision.js';
export { InvalidDecisionError } from './decision.js';
export {
  ForbiddenError,
  HandlerFaultError,
  NotAdmittedError,
  ScopeMissingError,
  UnauthenticatedError,
  WiringError,
} from './errors.js';
export type { AuthAction, AuthEvent, AuthEventMap, AuthResource, AuthValue, EventPattern } from './event.js';
export type { Eventual } from './eventual.js';
export type { Explanation, Rejection, Verdict } from './explain/explanation.js';
export { ScopedRows, type FoundRow, type RenderedScope } from './explain/scoped.rows.js';
export type { Filter, FilterCondition, FilterInput, JsonScalar } from './filter/filter.js';
export { keysOf } from './filter/filter.js';
export { formatFilter } from './filter/filter.formatter.js';
export { matches } from './filter/filter.matcher.js';
export { InvalidFilterError, parseFilter } from './filter/filter.parser.js';
export type { Handler, HandlerArgument, HandlerMethod, HandlerResult } from './handler.js';
export { HandlerRegistry } from './handler.registry.js';
export { HandlerResolver } from './handler.resolver.js';
export { OnAuth } from './on-auth.decorator.js';
export { OnAuthModule } from './on-auth.module.js';
export type { OnAuthModuleAsyncOptions } from './on-auth.module.js';
export { OnAuthService, type ExplainOptions } from './on-auth.service.js';
export type { OnAuthModuleOptions } from './on-auth.options.js';
export { PassportAuthenticator, type AuthenticationStrategy } from './passport.authenticator.js';
export type { Principal } from './principal.js';
export { expiryOf, isIdentity, parsePrincipal } from './principal.js';
export { isStorable, isStorableText } from './storable.js';
export type { RequestField, RequestShape, RouteAccess, RouteInput, RouteRequest } from './route.js';
export type { DeclaredRoute } from './route.explorer.js';
export type { IdDeclaration, IdSource, Refusal, RouteId, RouteIds } from './route.id.js';
export { declarationOf, idsWithin } from './route.id.js';
export { RouteRegistry } from './route.registry.js';
