import { z } from 'zod';
import { ENVIRONMENT_NAMES, JWT_ALGORITHMS, LOG_LEVEL_NAMES } from './configuration.js';
import { ROLE_NAMES } from './process.role.js';
import {
  applicationName,
  corsOrigins,
  databaseLocation,
  host,
  jsonObject,
  listOf,
  metadataKey,
  oneOf,
  onOrOff,
  plainText,
  postgresUrl,
  serviceUrl,
  webhookSecret,
  wholeNumber,
  yesOrNo,
  type VariableReader,
} from './variable.readers.js';

const MEBIBYTE = 1024 * 1024;
/** The one in use, the next one, and one to spare. */
const MAX_WEBHOOK_SECRETS = 3;
const DAY_IN_MS = 24 * 60 * 60 * 1000;
const WEEK_IN_SECONDS = 7 * 24 * 60 * 60;

/** Every variable that is read, with its default. Unknown ones are dropped. */
export const environmentSchema = z.object({
  NODE_ENV: setting(oneOf(ENVIRONMENT_NAMES)).default('development'),
  ROLE: setting(oneOf(ROLE_NAMES)).default('all'),
  HOST: setting(host).optional(),
  PORT: setting(wholeNumber(0, 65_535)).default(8123),
  BODY_LIMIT_BYTES: setting(wholeNumber(1024, 1024 * MEBIBYTE)).default(10 * MEBIBYTE),
  CORS_ORIGINS: setting(corsOrigins).default('*'),
  API_DOCS: setting(yesOrNo).default(true),
  LOG_LEVEL: setting(oneOf(LOG_LEVEL_NAMES)).default('log'),
  DATABASE_URL: hidden(databaseLocation).default({ kind: 'sqlite', path: '.onauth/onauth.db' }),
  DATABASE_APP_URL: hidden(postgresUrl).optional(),
  DATABASE_READ_URL: hidden(postgresUrl).optional(),
  // One connection is held while the schema is looked after on another.
  DATABASE_POOL_SIZE: setting(wholeNumber(2, 1000)).default(10),
  DATABASE_CONNECT_TIMEOUT_MS: setting(wholeNumber(1, 600_000)).default(30_000),
  DATABASE_STATEMENT_TIMEOUT_MS: setting(wholeNumber(0, DAY_IN_MS)).default(0),
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: setting(wholeNumber(0, DAY_IN_MS)).default(0),
  DATABASE_APPLICATION_NAME: setting(applicationName).default('onauth-server'),
  DATABASE_PREPARED_STATEMENTS: setting(onOrOff).default(true),
  PG_RLS: setting(onOrOff).default(false),
  SCOPE_KEYS: setting(listOf(metadataKey, 8)).default(['owner']),
  AUTH_JWT_SECRET: hidden(plainText).optional(),
  AUTH_JWT_PUBLIC_KEY: z.string().optional(),
  AUTH_JWKS_URI: hidden(serviceUrl).optional(),
  AUTH_JWT_ISSUER: setting(plainText).optional(),
  AUTH_JWT_AUDIENCE: setting(plainText).optional(),
  AUTH_JWT_ALGORITHMS: setting(listOf(oneOf(JWT_ALGORITHMS), JWT_ALGORITHMS.length)).optional(),
  AUTH_API_KEYS: z.string().optional(),
  HANDLER_TIMEOUT_MS: setting(wholeNumber(1, 600_000)).default(5000),
  RATE_LIMIT_PER_MINUTE: setting(wholeNumber(0, 1_000_000)).default(0),
  RUNS_CONCURRENCY: setting(wholeNumber(1, 1000)).default(10),
  RUNS_CONCURRENCY_PER_IDENTITY: setting(wholeNumber(0, 1000)).default(0),
  RUN_TIMEOUT_S: setting(wholeNumber(1, WEEK_IN_SECONDS)).default(3600),
  OPENAI_API_KEY: hidden(plainText).optional(),
  ANTHROPIC_API_KEY: hidden(plainText).optional(),
  AGENT_MODEL: setting(plainText).optional(),
  LANGSMITH_API_KEY: hidden(plainText).optional(),
  LANGSMITH_ENDPOINT: hidden(serviceUrl).default(new URL('https://api.smith.langchain.com')),
  WEBHOOK_SECRET: hidden(listOf(webhookSecret, MAX_WEBHOOK_SECRETS)).optional(),
  WEBHOOK_ALLOW_PRIVATE: setting(yesOrNo).default(false),
  LANGGRAPH_JSON: setting(plainText).optional(),
  LANGGRAPH_CONFIG: hidden(jsonObject).default({}),
});

export type EnvironmentVariables = z.output<typeof environmentSchema>;

/** A message without the name of the variable, which is the path of the issue. */
function setting<T>(reader: VariableReader<T>) {
  return read(reader, (text) => `is ${JSON.stringify(text.slice(0, 80))}, but must be ${reader.accepts}`);
}

/** A setting whose value may be, or hold, a secret: it is never repeated. */
function hidden<T>(reader: VariableReader<T>) {
  return read(reader, () => `has a wrong value (not shown): it must be ${reader.accepts}`);
}

function read<T>(reader: VariableReader<T>, complaint: (text: string) => string) {
  return z.string().transform((text, context): T => {
    const value = reader.read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: complaint(text) });
    return z.NEVER;
  });
}
