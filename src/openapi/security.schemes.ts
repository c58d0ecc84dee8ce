import type { JsonSchema } from '../http/schema/json.schema.js';

const BEARER: JsonSchema = { type: 'http', scheme: 'bearer' };
const TOKEN: JsonSchema = { ...BEARER, bearerFormat: 'JWT' };
const API_KEY: JsonSchema = { type: 'apiKey', in: 'header', name: 'x-api-key' };

/** How a request may prove who is calling, by the name of the strategy that takes the proof. */
const SCHEMES: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  jwt: { bearer: TOKEN },
  'api-key': { apiKey: API_KEY },
};
/** A strategy of somebody else takes what it likes; these two are what the clients send. */
const UNKNOWN = { bearer: BEARER, apiKey: API_KEY } as const;

/** @returns at least one, by name */
export function securitySchemesOf(strategies: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const known = strategies.map((name) => (Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : UNKNOWN));
  return Object.assign({}, ...known) as Readonly<Record<string, JsonSchema>>;
}
