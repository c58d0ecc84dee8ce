import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Configuration } from '../../src/configuration/configuration.js';
import { ConfigurationModule } from '../../src/configuration/configuration.module.js';
import { parseConfiguration } from '../../src/configuration/configuration.parser.js';
import { enabledLogLevels } from '../../src/configuration/log.levels.js';
import { Secret } from '../../src/configuration/secret.js';

const SECRET = 'k7Qm2vX9pL4sT8wZ1yB6nC3dF5gH0jRe';
const WEBHOOK_SECRET = 'whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH90AF/qCMdDc=';
const OTHER_WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0hLs2bTJ5nY=';

describe('The configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfiguration({})).toEqual({
      environment: 'development',
      role: 'all',
      host: '127.0.0.1',
      port: 8123,
      bodyLimitBytes: 10_485_760,
      corsOrigins: '*',
      apiDocs: true,
      logLevel: 'log',
      database: { kind: 'sqlite', path: '.onauth/onauth.db' },
      postgres: {
        poolSize: 10,
        connectTimeoutMs: 30_000,
        statementTimeoutMs: 0,
        idleTransactionTimeoutMs: 0,
        applicationName: 'onauth-server',
        preparesStatements: true,
      },
      rowSecurity: undefined,
      readUrl: undefined,
      scopeKeys: ['owner'],
      jwt: { key: { kind: 'development' }, issuer: undefined, audience: undefined, algorithms: undefined },
      apiKeys: undefined,
      handlerTimeoutMs: 5000,
      rateLimitPerMinute: 0,
      runsConcurrency: 10,
      runsConcurrencyPerIdentity: 0,
      runTimeoutSeconds: 3600,
      agent: { openaiApiKey: undefined, anthropicApiKey: undefined, model: undefined },
      langsmith: { apiKey: undefined, endpoint: new URL('https://api.smith.langchain.com') },
      webhooks: { signing: { kind: 'development' }, allowPrivate: false },
      langgraphJson: undefined,
      langgraphConfig: {},
    });
  });

  it('is read from the environment', () => {
    const configuration = parseConfiguration({
      NODE_ENV: 'production',
      ROLE: 'worker',
      HOST: '::1',
      PORT: '0',
      BODY_LIMIT_BYTES: '4096',
      CORS_ORIGINS: 'https://a.example, http://localhost:3000',
      API_DOCS: 'false',
      LOG_LEVEL: 'silent',
      DATABASE_URL: 'postgres://user:password@db.example:5432/onauth?sslmode=require',
      DATABASE_APP_URL: 'postgres://app:password@db.example:5432/onauth?sslmode=require',
      DATABASE_READ_URL: 'postgres://app:password@replica.example:5432/onauth',
      DATABASE_POOL_SIZE: '25',
      DATABASE_CONNECT_TIMEOUT_MS: '1000',
      DATABASE_STATEMENT_TIMEOUT_MS: '2000',
      DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '3000',
      DATABASE_APPLICATION_NAME: 'onauth api',
      DATABASE_PREPARED_STATEMENTS: 'off',
      PG_RLS: 'on',
      SCOPE_KEYS: 'owner, team_id',
      AUTH_JWKS_URI: 'https://issuer.example/keys',
      AUTH_JWT_ISSUER: 'https://issuer.example/',
      AUTH_JWT_AUDIENCE: 'onauth',
      AUTH_JWT_ALGORITHMS: 'RS256,ES256',
      AUTH_API_KEYS: './keys.json',
      HANDLER_TIMEOUT_MS: '100',
      RATE_LIMIT_PER_MINUTE: '600',
      RUNS_CONCURRENCY: '1',
      RUNS_CONCURRENCY_PER_IDENTITY: '2',
      RUN_TIMEOUT_S: '60',
      OPENAI_API_KEY: 'openai-key',
      ANTHROPIC_API_KEY: 'anthropic-key',
      AGENT_MODEL: 'gpt-5',
      LANGSMITH_API_KEY: 'langsmith-key',
      LANGSMITH_ENDPOINT: 'https://langsmith.example/api',
      WEBHOOK_SECRET: `${WEBHOOK_SECRET}, ${OTHER_WEBHOOK_SECRET}`,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      LANGGRAPH_JSON: './langgraph.json',
      LANGGRAPH_CONFIG: '{"agent":{"config":{}}}',
      PATH: '/bin',
    });
    expect(configuration).toEqual({
      environment: 'production',
      role: 'worker',
      host: '::1',
      port: 0,
      bodyLimitBytes: 4096,
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      apiDocs: false,
      logLevel: 'silent',
      database: { kind: 'postgres', url: 'postgres://user:password@db.example:5432/onauth?sslmode=require' },
      postgres: {
        poolSize: 25,
        connectTimeoutMs: 1000,
        statementTimeoutMs: 2000,
        idleTransactionTimeoutMs: 3000,
        applicationName: 'onauth api',
        preparesStatements: false,
      },
      rowSecurity: { servingUrl: 'postgres://app:password@db.example:5432/onauth?sslmode=require' },
      readUrl: 'postgres://app:password@replica.example:5432/onauth',
      scopeKeys: ['owner', 'team_id'],
      jwt: {
        key: { kind: 'jwks', uri: new URL('https://issuer.example/keys') },
        issuer: 'https://issuer.example/',
        audience: 'onauth',
        algorithms: ['RS256', 'ES256'],
      },
      apiKeys: './keys.json',
      handlerTimeoutMs: 100,
      rateLimitPerMinute: 600,
      runsConcurrency: 1,
      runsConcurrencyPerIdentity: 2,
      runTimeoutSeconds: 60,
      agent: { openaiApiKey: expect.any(Secret), anthropicApiKey: expect.any(Secret), model: 'gpt-5' },
      langsmith: { apiKey: expect.any(Secret), endpoint: new URL('https://langsmith.example/api') },
      webhooks: {
        signing: { kind: 'secrets', secrets: [expect.any(Secret), expect.any(Secret)] },
        allowPrivate: true,
      },
      langgraphJson: './langgraph.json',
      langgraphConfig: { agent: { config: {} } },
    });
  });

  it.each(['api', 'worker'])('refuses the role %s on SQLite, which has one process', (ROLE) => {
    expect(() => parseConfiguration({ ROLE })).toThrow(
      `ROLE is "${ROLE}", but a SQLite file belongs to one process, which has all roles: several processes need a DATABASE_URL of PostgreSQL.`,
    );
    expect(parseConfiguration({ ROLE, DATABASE_URL: 'postgres://db/onauth' }).role).toBe(ROLE);
  });

  it('refuses a role that there is none of', () => {
    expect(() => parseConfiguration({ ROLE: 'leader' })).toThrow(
      'ROLE is "leader", but must be one of all, api, worker.',
    );
  });

  it('keeps the keys of providers', () => {
    const { agent } = parseConfiguration({
      OPENAI_API_KEY: 'openai-key',
      ANTHROPIC_API_KEY: 'anthropic-key',
    });
    expect(agent.openaiApiKey?.reveal()).toBe('openai-key');
    expect(agent.anthropicApiKey?.reveal()).toBe('anthropic-key');
  });

  it('takes an empty text for not set', () => {
    const empty = { PORT: '', AUTH_JWT_SECRET: '', AUTH_JWKS_URI: '', AUTH_JWT_SECERT: '', DATABASE_URL: '' };
    expect(parseConfiguration(empty)).toEqual(parseConfiguration({}));
  });

  it.each([
    ['sqlite:data/file.db', { kind: 'sqlite', path: 'data/file.db' }],
    ['sqlite:/var/lib/onauth.db', { kind: 'sqlite', path: '/var/lib/onauth.db' }],
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['postgresql://db/onauth', { kind: 'postgres', url: 'postgresql://db/onauth' }],
  ])('understands DATABASE_URL %s', (text, database) => {
    expect(parseConfiguration({ DATABASE_URL: text }).database).toEqual(database);
  });

  it('listens on all addresses in production only, unless told otherwise', () => {
    expect(parseConfiguration({ NODE_ENV: 'production' }).host).toBe('0.0.0.0');
    expect(parseConfiguration({ NODE_ENV: 'test' }).host).toBe('127.0.0.1');
    expect(parseConfiguration({ NODE_ENV: 'production', HOST: 'localhost' }).host).toBe('localhost');
  });

  it.each([
    ['in development', {}, 'development'],
    ['in tests', { NODE_ENV: 'test' }, 'development'],
    ['in production', { NODE_ENV: 'production' }, 'none'],
    ['beside API keys', { AUTH_API_KEYS: './keys.json' }, 'none'],
    ['beside a secret', { AUTH_JWT_SECRET: SECRET }, 'secret'],
  ])('has development keys only where nothing is configured: %s', (_what, environment, kind) => {
    expect(parseConfiguration(environment).jwt.key.kind).toBe(kind);
  });

  it.each([
    ['in development', {}, 'development'],
    ['in tests', { NODE_ENV: 'test' }, 'none'],
    ['in production', { NODE_ENV: 'production' }, 'none'],
    ['where one is configured', { NODE_ENV: 'production', WEBHOOK_SECRET }, 'secrets'],
  ])('signs webhooks with a made-up secret only in development: %s', (_what, environment, kind) => {
    expect(parseConfiguration(environment).webhooks.signing.kind).toBe(kind);
  });

  it('is frozen', () => {
    const configuration = parseConfiguration({ AUTH_JWT_ALGORITHMS: 'HS256' });
    const { jwt, scopeKeys, database, postgres } = configuration;
    expect(
      [configuration, jwt, jwt.key, jwt.algorithms, scopeKeys, database, postgres].every(Object.isFrozen),
    ).toBe(true);
  });

  it('does not show a secret when it is printed', () => {
    const configuration = parseConfiguration({
      AUTH_JWT_SECRET: SECRET,
      OPENAI_API_KEY: SECRET,
      ANTHROPIC_API_KEY: SECRET,
      WEBHOOK_SECRET,
    });
    for (const text of [
      inspect(configuration, { depth: 9, showHidden: true }),
      JSON.stringify(configuration),
    ]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(WEBHOOK_SECRET);
    }
    expect(String(configuration.jwt.key.kind === 'secret' && configuration.jwt.key.secret)).toBe('[secret]');
  });
});

const NOT_SHOWN = 'has a wrong value (not shown): it must be';
const DATABASE = `DATABASE_URL ${NOT_SHOWN} sqlite:path/to/file.db, sqlite::memory: or postgres://user:password@host:port/database.`;
const JWKS = `AUTH_JWKS_URI ${NOT_SHOWN} an https URL without user name or fragment (http only for localhost, 127.0.0.0/8 and [::1]).`;
const KEYS =
  'a comma-separated list of 1 to 8 different entries, each a letter or underscore followed by up to 31 letters, digits or underscores';
const ORIGINS =
  '* or a comma-separated list of 1 to 100 different entries, each an origin such as https://app.example.com, without a path';
const ALGORITHMS = 'HS256, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512';
const TOGETHER =
  'are set together: exactly one of AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI says whose tokens are accepted.';

describe('A wrong value stops the boot with one sentence (abuse case 67: also that of a limit)', () => {
  const port = (shown: string) => `PORT is ${shown}, but must be a whole number from 0 to 65535.`;
  const isButMustBe = (name: string, value: string, accepted: string) =>
    `${name} is "${value}", but must be ${accepted}.`;
  it.each([
    [{ PORT: 'http' }, port('"http"')],
    [{ PORT: '65536' }, port('"65536"')],
    [{ PORT: '-1' }, port('"-1"')],
    [{ PORT: '80.5' }, port('"80.5"')],
    [{ PORT: '0x50' }, port('"0x50"')],
    [{ PORT: ' 80' }, port('" 80"')],
    [{ PORT: 'x'.repeat(500) }, port(`"${'x'.repeat(80)}"`)],
    [
      { HOST: 'http://localhost' },
      isButMustBe('HOST', 'http://localhost', 'an IP address or a host name, such as 127.0.0.1 or 0.0.0.0'),
    ],
    [{ NODE_ENV: 'prod' }, isButMustBe('NODE_ENV', 'prod', 'one of development, test, production')],
    [
      { NODE_ENV: 'Production' },
      isButMustBe('NODE_ENV', 'Production', 'one of development, test, production'),
    ],
    [
      { LOG_LEVEL: 'info' },
      isButMustBe('LOG_LEVEL', 'info', 'one of silent, error, warn, log, debug, verbose'),
    ],
    [{ DATABASE_URL: 'mysql://user:hunter2@db/x' }, DATABASE],
    [{ DATABASE_URL: 'sqlite:' }, DATABASE],
    [{ DATABASE_URL: 'sqlite://file.db' }, DATABASE],
    [{ DATABASE_URL: 'file.db' }, DATABASE],
    [{ DATABASE_URL: 'postgres://user:hunter2@db:port/x' }, DATABASE],
    [
      { DATABASE_APP_URL: 'sqlite:hunter2.db' },
      `DATABASE_APP_URL ${NOT_SHOWN} postgres://user:password@host:port/database.`,
    ],
    [{ DATABASE_POOL_SIZE: '1' }, isButMustBe('DATABASE_POOL_SIZE', '1', 'a whole number from 2 to 1000')],
    [
      { DATABASE_CONNECT_TIMEOUT_MS: '0' },
      isButMustBe('DATABASE_CONNECT_TIMEOUT_MS', '0', 'a whole number from 1 to 600000'),
    ],
    [
      { DATABASE_STATEMENT_TIMEOUT_MS: '5s' },
      isButMustBe('DATABASE_STATEMENT_TIMEOUT_MS', '5s', 'a whole number from 0 to 86400000'),
    ],
    [
      { DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '-1' },
      isButMustBe('DATABASE_IDLE_TRANSACTION_TIMEOUT_MS', '-1', 'a whole number from 0 to 86400000'),
    ],
    [
      { DATABASE_APPLICATION_NAME: 'ö' },
      isButMustBe('DATABASE_APPLICATION_NAME', 'ö', 'up to 63 printable ASCII characters'),
    ],
    [
      { DATABASE_PREPARED_STATEMENTS: 'true' },
      isButMustBe('DATABASE_PREPARED_STATEMENTS', 'true', 'on or off'),
    ],
    [{ PG_RLS: '1' }, isButMustBe('PG_RLS', '1', 'on or off')],
    [
      { PG_RLS: 'on' },
      'PG_RLS is on, but DATABASE_URL names SQLite: only PostgreSQL has row-level security.',
    ],
    [
      { PG_RLS: 'on', DATABASE_URL: 'postgres://owner:hunter2@db/x' },
      'PG_RLS is on, but DATABASE_APP_URL is not set: the service works as a role of its own that owns nothing.',
    ],
    [
      { DATABASE_URL: 'postgres://owner:hunter2@db/x', DATABASE_APP_URL: 'postgres://app:hunter2@db/x' },
      'DATABASE_APP_URL is set, but it is for PG_RLS=on, and PG_RLS is off.',
    ],
    [
      { DATABASE_READ_URL: 'http://hunter2@replica' },
      `DATABASE_READ_URL ${NOT_SHOWN} postgres://user:password@host:port/database.`,
    ],
    [
      { DATABASE_READ_URL: 'postgres://app:hunter2@replica/x' },
      'DATABASE_READ_URL is set, but DATABASE_URL names SQLite: only PostgreSQL has replicas.',
    ],
    [{ SCOPE_KEYS: 'owner,team-id' }, isButMustBe('SCOPE_KEYS', 'owner,team-id', KEYS)],
    [{ SCOPE_KEYS: 'owner,owner' }, isButMustBe('SCOPE_KEYS', 'owner,owner', KEYS)],
    [{ SCOPE_KEYS: "owner'--" }, isButMustBe('SCOPE_KEYS', "owner'--", KEYS)],
    [{ SCOPE_KEYS: 'owner,' }, isButMustBe('SCOPE_KEYS', 'owner,', KEYS)],
    [{ SCOPE_KEYS: 'a,b,c,d,e,f,g,h,i' }, isButMustBe('SCOPE_KEYS', 'a,b,c,d,e,f,g,h,i', KEYS)],
    [{ AUTH_JWKS_URI: 'http://issuer.example/keys' }, JWKS],
    [{ AUTH_JWKS_URI: 'file:///etc/passwd' }, JWKS],
    [{ AUTH_JWKS_URI: 'https://user:hunter2@issuer.example/keys' }, JWKS],
    [{ AUTH_JWKS_URI: 'http://127.0.0.1.evil.example/keys' }, JWKS],
    [{ AUTH_JWKS_URI: 'issuer.example/keys' }, JWKS],
    [
      { AUTH_JWT_ISSUER: 'https://issuer.example\n' },
      'AUTH_JWT_ISSUER is "https://issuer.example\\n", but must be a text without white space at either end.',
    ],
    [
      { AUTH_JWT_AUDIENCE: ' onauth' },
      isButMustBe('AUTH_JWT_AUDIENCE', ' onauth', 'a text without white space at either end'),
    ],
    [
      { AUTH_JWT_ALGORITHMS: 'RS256,none' },
      isButMustBe(
        'AUTH_JWT_ALGORITHMS',
        'RS256,none',
        `a comma-separated list of 1 to 10 different entries, each one of ${ALGORITHMS}`,
      ),
    ],
    [
      { AUTH_JWT_SECRET: `${SECRET}\n` },
      `AUTH_JWT_SECRET ${NOT_SHOWN} a text without white space at either end.`,
    ],
    [
      { AUTH_JWT_SECRET: SECRET, AUTH_JWKS_URI: 'https://issuer.example/keys' },
      `AUTH_JWT_SECRET and AUTH_JWKS_URI ${TOGETHER}`,
    ],
    [
      {
        AUTH_JWT_SECRET: SECRET,
        AUTH_JWT_PUBLIC_KEY: 'key.pem',
        AUTH_JWKS_URI: 'https://issuer.example/keys',
      },
      `AUTH_JWT_SECRET and AUTH_JWT_PUBLIC_KEY and AUTH_JWKS_URI ${TOGETHER}`,
    ],
    [
      { AUTH_JWT_SECERT: SECRET },
      'AUTH_JWT_SECERT is not a known variable: those with AUTH_ are AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI, AUTH_JWT_ISSUER, AUTH_JWT_AUDIENCE, AUTH_JWT_ALGORITHMS, AUTH_API_KEYS.',
    ],
    [{ OPENAI_API_KEY: 'key ' }, `OPENAI_API_KEY ${NOT_SHOWN} a text without white space at either end.`],
    [
      { ANTHROPIC_API_KEY: ' key' },
      `ANTHROPIC_API_KEY ${NOT_SHOWN} a text without white space at either end.`,
    ],
    [
      { AGENT_MODEL: 'gpt-5 ' },
      isButMustBe('AGENT_MODEL', 'gpt-5 ', 'a text without white space at either end'),
    ],
    [
      { LANGSMITH_API_KEY: ' key' },
      `LANGSMITH_API_KEY ${NOT_SHOWN} a text without white space at either end.`,
    ],
    [
      { LANGSMITH_ENDPOINT: 'http://langsmith.example' },
      `LANGSMITH_ENDPOINT ${NOT_SHOWN} an https URL without user name or fragment (http only for localhost, 127.0.0.0/8 and [::1]).`,
    ],
    ...[
      'whsec_',
      'correct-horse-battery-staple-correct-horse',
      OTHER_WEBHOOK_SECRET.slice('whsec_'.length),
      WEBHOOK_SECRET.slice(0, -4),
      `${WEBHOOK_SECRET},${WEBHOOK_SECRET}`,
      `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      `whsec_${Buffer.from('hunter2!'.repeat(4)).toString('base64')}`,
      `whsec_${Buffer.from(SECRET).toString('base64url')}!`,
    ].map((WEBHOOK_SECRET): [Record<string, string>, string] => [
      { WEBHOOK_SECRET },
      `WEBHOOK_SECRET ${NOT_SHOWN} a comma-separated list of 1 to 3 different entries, each whsec_ and the base64 of 32 to 64 random bytes, such as that of "openssl rand -base64 32".`,
    ]),
    [{ WEBHOOK_ALLOW_PRIVATE: 'yes' }, isButMustBe('WEBHOOK_ALLOW_PRIVATE', 'yes', 'true or false')],
    ...['-1', '1.5', '1e3', ' 60', 'off', '60/min', '1000001', '999999999999999999'].map(
      (RATE_LIMIT_PER_MINUTE): [Record<string, string>, string] => [
        { RATE_LIMIT_PER_MINUTE },
        isButMustBe('RATE_LIMIT_PER_MINUTE', RATE_LIMIT_PER_MINUTE, 'a whole number from 0 to 1000000'),
      ],
    ),
    ...['-1', 'two', '1001', '0.5'].map((RUNS_CONCURRENCY_PER_IDENTITY): [Record<string, string>, string] => [
      { RUNS_CONCURRENCY_PER_IDENTITY },
      isButMustBe(
        'RUNS_CONCURRENCY_PER_IDENTITY',
        RUNS_CONCURRENCY_PER_IDENTITY,
        'a whole number from 0 to 1000',
      ),
    ]),
    [{ RUNS_CONCURRENCY: '0' }, isButMustBe('RUNS_CONCURRENCY', '0', 'a whole number from 1 to 1000')],
    [{ RUN_TIMEOUT_S: '1h' }, isButMustBe('RUN_TIMEOUT_S', '1h', 'a whole number from 1 to 604800')],
    [
      { BODY_LIMIT_BYTES: '10MB' },
      isButMustBe('BODY_LIMIT_BYTES', '10MB', 'a whole number from 1024 to 1073741824'),
    ],
    [{ HANDLER_TIMEOUT_MS: '0' }, isButMustBe('HANDLER_TIMEOUT_MS', '0', 'a whole number from 1 to 600000')],
    [{ CORS_ORIGINS: 'https://a.example/' }, isButMustBe('CORS_ORIGINS', 'https://a.example/', ORIGINS)],
    [{ CORS_ORIGINS: '*,https://a.example' }, isButMustBe('CORS_ORIGINS', '*,https://a.example', ORIGINS)],
    [{ CORS_ORIGINS: 'null' }, isButMustBe('CORS_ORIGINS', 'null', ORIGINS)],
    [{ LANGGRAPH_CONFIG: '{"apiKey":"hunter2"' }, `LANGGRAPH_CONFIG ${NOT_SHOWN} a JSON object.`],
    [{ LANGGRAPH_CONFIG: '[]' }, `LANGGRAPH_CONFIG ${NOT_SHOWN} a JSON object.`],
  ] satisfies [Record<string, string>, string][])('%j', async (environment, sentence) => {
    expect(() => parseConfiguration(environment)).toThrow(new Error(sentence));
    const boot = NestFactory.createApplicationContext(ConfigurationModule.forRoot(environment), {
      logger: false,
      abortOnError: false,
    });
    await expect(boot).rejects.toThrow(new Error(sentence));
  });
});

describe('The configuration module', () => {
  it('provides the parsed environment by its class, and leaves the process alone', async () => {
    const context = await NestFactory.createApplicationContext(
      ConfigurationModule.forRoot({ PORT: '9999', AUTH_JWT_SECRET: SECRET }),
      { logger: false },
    );
    expect(context.get(Configuration).port).toBe(9999);
    expect(process.env.AUTH_JWT_SECRET).toBeUndefined();
    await context.close();
  });

  it('may be refused long before anybody awaits it', async () => {
    const module = ConfigurationModule.forRoot({ PORT: 'http' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(
      NestFactory.createApplicationContext(module, { logger: false, abortOnError: false }),
    ).rejects.toThrow('PORT is "http"');
  });

  it('reads the file .env, where the environment of the process wins', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onauth-'));
    await writeFile(join(folder, '.env'), 'PORT=4001\nHOST=0.0.0.0\nONAUTH_TEST_PROVIDER_KEY=sk-test\n');
    const previous = process.cwd();
    process.chdir(folder);
    const environment = process.env;
    process.env = { ...environment, PORT: '4002' };
    try {
      const context = await NestFactory.createApplicationContext(ConfigurationModule.forRoot(), {
        logger: false,
      });
      expect(context.get(Configuration)).toMatchObject({ port: 4002, host: '0.0.0.0' });
      expect(process.env.ONAUTH_TEST_PROVIDER_KEY).toBe('sk-test');
      await context.close();
    } finally {
      process.chdir(previous);
      process.env = environment;
    }
  });
});

describe('A log level', () => {
  it.each([
    ['silent', []],
    ['error', ['fatal', 'error']],
    ['log', ['fatal', 'error', 'warn', 'log']],
    ['verbose', ['fatal', 'error', 'warn', 'log', 'debug', 'verbose']],
  ] as const)('%s enables itself and all that is more urgent', (name, levels) => {
    expect(enabledLogLevels(name)).toEqual(levels);
  });
});
