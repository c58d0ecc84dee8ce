import type { Configuration, JwtKeySetting, WebhookSigning } from './configuration.js';
import { ConfigurationError } from './configuration.error.js';
import { environmentSchema, type EnvironmentVariables } from './environment.schema.js';
import { postgresOf, readUrlOf, rowSecurityOf } from './postgres.variables.js';
import type { RoleName } from './process.role.js';
import { Secret } from './secret.js';

/** Text by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const KEY_VARIABLES = ['AUTH_JWT_SECRET', 'AUTH_JWT_PUBLIC_KEY', 'AUTH_JWKS_URI'] as const;

/**
 * Reads the whole configuration. An empty text counts as not set.
 *
 * @throws ConfigurationError for the first wrong value, for two JWT keys at once, and for an unknown `AUTH_` variable,
 * which is more likely a slip of the pen than somebody else's.
 * @example parseConfiguration({ PORT: '8080' }).port // 8080
 */
export function parseConfiguration(environment: Environment): Configuration {
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text));
  refuseUnknown(Object.keys(given));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigurationError(`${String(issue.path[0])} ${issue.message}.`);
  }
  return toConfiguration(parsed.data);
}

function refuseUnknown(names: readonly string[]): void {
  const known = Object.keys(environmentSchema.shape).filter((name) => name.startsWith('AUTH_'));
  const unknown = names.find((name) => name.startsWith('AUTH_') && !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${unknown} is not a known variable: those with AUTH_ are ${known.join(', ')}.`,
  );
}

function toConfiguration(variables: EnvironmentVariables): Configuration {
  return Object.freeze({
    environment: variables.NODE_ENV,
    role: roleOf(variables),
    host: variables.HOST ?? (variables.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: variables.PORT,
    bodyLimitBytes: variables.BODY_LIMIT_BYTES,
    corsOrigins: Object.freeze(variables.CORS_ORIGINS),
    apiDocs: variables.API_DOCS,
    logLevel: variables.LOG_LEVEL,
    database: Object.freeze(variables.DATABASE_URL),
    postgres: postgresOf(variables),
    rowSecurity: rowSecurityOf(variables),
    readUrl: readUrlOf(variables),
    scopeKeys: Object.freeze(variables.SCOPE_KEYS),
    jwt: Object.freeze({
      key: Object.freeze(keySettingOf(variables)),
      issuer: variables.AUTH_JWT_ISSUER,
      audience: variables.AUTH_JWT_AUDIENCE,
      algorithms: variables.AUTH_JWT_ALGORITHMS && Object.freeze(variables.AUTH_JWT_ALGORITHMS),
    }),
    apiKeys: variables.AUTH_API_KEYS,
    handlerTimeoutMs: variables.HANDLER_TIMEOUT_MS,
    rateLimitPerMinute: variables.RATE_LIMIT_PER_MINUTE,
    runsConcurrency: variables.RUNS_CONCURRENCY,
    runsConcurrencyPerIdentity: variables.RUNS_CONCURRENCY_PER_IDENTITY,
    runTimeoutSeconds: variables.RUN_TIMEOUT_S,
    agent: Object.freeze({
      openaiApiKey: secretOf(variables.OPENAI_API_KEY),
      anthropicApiKey: secretOf(variables.ANTHROPIC_API_KEY),
      model: variables.AGENT_MODEL,
    }),
    langsmith: Object.freeze({
      apiKey: secretOf(variables.LANGSMITH_API_KEY),
      endpoint: variables.LANGSMITH_ENDPOINT,
    }),
    webhooks: Object.freeze({
      signing: Object.freeze(webhookSigningOf(variables)),
      allowPrivate: variables.WEBHOOK_ALLOW_PRIVATE,
    }),
    langgraphJson: variables.LANGGRAPH_JSON,
    langgraphConfig: Object.freeze(variables.LANGGRAPH_CONFIG),
  });
}

/** A SQLite file belongs to one process, so there is nobody to share the work with. */
function roleOf({ ROLE, DATABASE_URL }: EnvironmentVariables): RoleName {
  if (ROLE === 'all' || DATABASE_URL.kind === 'postgres') return ROLE;
  throw new ConfigurationError(
    `ROLE is "${ROLE}", but a SQLite file belongs to one process, which has all roles: several processes need a DATABASE_URL of PostgreSQL.`,
  );
}

function secretOf(text: string | undefined): Secret | undefined {
  return text === undefined ? undefined : new Secret(text);
}

/** Development keys stand in only where nobody configured any kind of key, so that adding one key replaces them all. */
function keySettingOf(variables: EnvironmentVariables): JwtKeySetting {
  refuseSeveralKeys(variables);
  if (variables.AUTH_JWT_SECRET !== undefined)
    return { kind: 'secret', secret: new Secret(variables.AUTH_JWT_SECRET) };
  if (variables.AUTH_JWT_PUBLIC_KEY !== undefined)
    return { kind: 'public-key', source: variables.AUTH_JWT_PUBLIC_KEY };
  if (variables.AUTH_JWKS_URI !== undefined) return { kind: 'jwks', uri: variables.AUTH_JWKS_URI };
  const isOpen = variables.NODE_ENV !== 'production' && variables.AUTH_API_KEYS === undefined;
  return { kind: isOpen ? 'development' : 'none' };
}

function webhookSigningOf({ WEBHOOK_SECRET, NODE_ENV }: EnvironmentVariables): WebhookSigning {
  if (WEBHOOK_SECRET === undefined) return { kind: NODE_ENV === 'development' ? 'development' : 'none' };
  return { kind: 'secrets', secrets: Object.freeze(WEBHOOK_SECRET.map((text) => new Secret(text))) };
}

function refuseSeveralKeys(variables: EnvironmentVariables): void {
  const given = KEY_VARIABLES.filter((name) => variables[name] !== undefined);
  if (given.length < 2) return;
  throw new ConfigurationError(
    `${given.join(' and ')} are set together: exactly one of ${KEY_VARIABLES.join(', ')} says whose tokens are accepted.`,
  );
}
