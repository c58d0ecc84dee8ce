import type { RoleName } from './process.role.js';
import type { Secret } from './secret.js';

/**
 * Everything that the environment decides, parsed once at boot and frozen. Inject it by this class.
 * What each variable accepts stands in `environment.schema.ts`.
 *
 * @example constructor(private readonly configuration: Configuration) {}
 */
export abstract class Configuration {
  abstract readonly environment: EnvironmentName;
  /** Other than `all` only on PostgreSQL. */
  abstract readonly role: RoleName;
  abstract readonly host: string;
  /** 0 lets the operating system choose. */
  abstract readonly port: number;
  abstract readonly bodyLimitBytes: number;
  /** `*` is every origin, and never with credentials. */
  abstract readonly corsOrigins: '*' | readonly string[];
  /** Whether the API describes itself, to everybody, at `/openapi.json` and `/docs`. */
  abstract readonly apiDocs: boolean;
  abstract readonly logLevel: LogLevelName;
  abstract readonly database: DatabaseLocation;
  /** How connections to PostgreSQL are held; nothing of it concerns SQLite. */
  abstract readonly postgres: PostgresSettings;
  /** Present where the tables of PostgreSQL keep their scope as well. */
  abstract readonly rowSecurity: RowSecuritySettings | undefined;
  /** Of a replica for reads that may lag. Under row-level security for the same role as `rowSecurity.servingUrl`. */
  abstract readonly readUrl: string | undefined;
  /** Keys of `metadata` that get composite indexes. At least one. */
  abstract readonly scopeKeys: readonly string[];
  abstract readonly jwt: JwtSettings;
  /** A JSON list of API keys, or the path of a file that holds one. */
  abstract readonly apiKeys: string | undefined;
  abstract readonly handlerTimeoutMs: number;
  /** Requests that an identity may make in a minute. 0 sets no limit. */
  abstract readonly rateLimitPerMinute: number;
  abstract readonly runsConcurrency: number;
  /** Runs of one identity at once, over all processes. 0 sets no limit. */
  abstract readonly runsConcurrencyPerIdentity: number;
  abstract readonly runTimeoutSeconds: number;
  abstract readonly agent: AgentSettings;
  abstract readonly langsmith: LangSmithSettings;
  abstract readonly webhooks: WebhookSettings;
  /** The path of a LangGraph project's `langgraph.json`, relative to the working directory. */
  abstract readonly langgraphJson: string | undefined;
  /** Graph id -> what its system assistant is configured with, not looked at yet. */
  abstract readonly langgraphConfig: Readonly<Record<string, unknown>>;
}

export const ENVIRONMENT_NAMES = ['development', 'test', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/** From the quietest to the loudest. */
export const LOG_LEVEL_NAMES = ['silent', 'error', 'warn', 'log', 'debug', 'verbose'] as const;
export type LogLevelName = (typeof LOG_LEVEL_NAMES)[number];

/** `path` is relative to the working directory, or `:memory:`. */
export type DatabaseLocation =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

export interface PostgresSettings {
  /** The most connections of one process. */
  readonly poolSize: number;
  /** How long a connection may take, or a query may wait for one that is free. */
  readonly connectTimeoutMs: number;
  /** 0 is what the server has. */
  readonly statementTimeoutMs: number;
  /** 0 is what the server has. */
  readonly idleTransactionTimeoutMs: number;
  readonly applicationName: string;
  readonly preparesStatements: boolean;
}

export interface RowSecuritySettings {
  /** Of the role that the service works with; `database` is then its owner's. */
  readonly servingUrl: string;
}

/** Which model the built-in agent talks to. Without a key it echoes. */
export interface AgentSettings {
  readonly openaiApiKey: Secret | undefined;
  readonly anthropicApiKey: Secret | undefined;
  readonly model: string | undefined;
}

/** Where users of a run may leave feedback. Without a key they are offered nowhere. */
export interface LangSmithSettings {
  readonly apiKey: Secret | undefined;
  readonly endpoint: URL;
}

export interface WebhookSettings {
  readonly signing: WebhookSigning;
  /** Whether loopback, private and other reserved addresses may be called. */
  readonly allowPrivate: boolean;
}

/** What calls are signed with. */
export type WebhookSigning =
  /** At least one: each signs every call, so that receivers can change from one to the next. */
  | { readonly kind: 'secrets'; readonly secrets: readonly Secret[] }
  /** None is configured, and this is development. */
  | { readonly kind: 'development' }
  /** Nothing is called. */
  | { readonly kind: 'none' };

export interface JwtSettings {
  readonly key: JwtKeySetting;
  /** Compared exactly, where configured. */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Narrows what the key allows by itself. */
  readonly algorithms: readonly JwtAlgorithm[] | undefined;
}

export type JwtKeySetting =
  | { readonly kind: 'secret'; readonly secret: Secret }
  /** `source` is the text of a PEM file or its path. */
  | { readonly kind: 'public-key'; readonly source: string }
  | { readonly kind: 'jwks'; readonly uri: URL }
  /** Nothing at all is configured, and this is not production. */
  | { readonly kind: 'development' }
  /** No JWT is accepted. */
  | { readonly kind: 'none' };

export const JWT_ALGORITHMS = [
  'HS256',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];
