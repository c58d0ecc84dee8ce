/**
 * Inputs of routes from classes of class-validator, for applications that have it: `onauth-server/route-input`. Without it an input
 * is written by hand, as an object of the type `RouteInput`.
 *
 * @example import { IsId, routeInput } from 'onauth-server/route-input';
 */
export { CarriesIds } from './http/id.carriers.js';
export { flag, integer, list, text, type QueryParser } from './http/query.parsers.js';
export { routeInput, type RouteInputOptions } from './http/route.input.js';
export { FieldSchema } from './http/schema/field.schema.js';
export { listOf, nullable, objectOf, oneOf, type JsonSchema } from './http/schema/json.schema.js';
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
  rule,
  type Rule,
} from './http/validation.js';
