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

/** How requests prove who is calling. */
export interface SecurityDocumentation {
  /** OpenAPI's security schemes, by name. */
  readonly schemes: Readonly<Record<string, JsonSchema>>;
  /** Any of these is enough; each names the schemes that it takes. */
  readonly security: readonly JsonSchema[];
}

/** @param strategies the names of the Passport strategies, of which each is enough */
export function securityOf(strategies: readonly string[]): SecurityDocumentation {
  const known = strategies.map((name) => (Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : UNKNOWN));
  const schemes = Object.assign({}, ...known) as SecurityDocumentation['schemes'];
  return { schemes, security: Object.keys(schemes).map((name) => ({ [name]: [] })) };
}
