import { Logger, Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { ConfigurationError } from '../configuration/configuration.error.js';
import { Configuration } from '../configuration/configuration.js';
import type { AuthenticationStrategy } from '../on-auth/passport.authenticator.js';
import { parseApiKeys } from './api-key.parser.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ClaimsMapper, StandardClaimsMapper } from './claims.mapper.js';
import { JwtStrategy } from './jwt.strategy.js';
import { openKeySource } from './keys/key-source.factory.js';

/** The strategies to ask, in order: an `AuthenticationStrategy[]` with at least one member. */
export const ACTIVE_STRATEGIES = Symbol('ActiveStrategies');

export interface AuthenticationModuleOptions {
  /** How claims become a principal. `StandardClaimsMapper` unless given. */
  readonly claimsMapper?: Type<ClaimsMapper>;
  /** Further Passport strategies, asked after the configured ones. Made by Nest, with their dependencies. */
  readonly strategies?: readonly Type<AuthenticationStrategy>[];
  /** Modules whose providers the mapper and the strategies need. */
  readonly imports?: ModuleMetadata['imports'];
}

/**
 * Makes the strategies that the configuration asks for: `jwt`, `api-key`, or both, and the ones listed here.
 *
 * @example
 * OnAuthModule.forRootAsync({
 *   imports: [AuthenticationModule.forRoot()],
 *   inject: [ACTIVE_STRATEGIES],
 *   useFactory: (strategies: AuthenticationStrategy[]) => ({ strategies }),
 * })
 */
@Module({})
export class AuthenticationModule {
  static forRoot({
    claimsMapper = StandardClaimsMapper,
    strategies = [],
    imports = [],
  }: AuthenticationModuleOptions = {}): DynamicModule {
    return {
      module: AuthenticationModule,
      imports,
      providers: [
        { provide: ClaimsMapper, useClass: claimsMapper },
        ...strategies,
        {
          provide: ACTIVE_STRATEGIES,
          inject: [Configuration, ClaimsMapper, ...strategies],
          useFactory: activeStrategies,
        },
      ],
      exports: [ACTIVE_STRATEGIES, ClaimsMapper],
    };
  }
}

async function activeStrategies(
  configuration: Configuration,
  mapper: ClaimsMapper,
  ...further: AuthenticationStrategy[]
): Promise<readonly AuthenticationStrategy[]> {
  const strategies = [
    ...(await jwtStrategies(configuration, mapper)),
    ...apiKeyStrategies(configuration),
    ...further,
  ];
  if (strategies.length > 0) return strategies;
  throw new ConfigurationError(
    'NODE_ENV is production and no key is configured: set AUTH_JWT_SECRET, AUTH_JWT_PUBLIC_KEY, AUTH_JWKS_URI or AUTH_API_KEYS.',
  );
}

async function jwtStrategies(
  { jwt }: Configuration,
  mapper: ClaimsMapper,
): Promise<AuthenticationStrategy[]> {
  const keys = await openKeySource(jwt);
  if (!keys) return [];
  if ((jwt.key.kind === 'jwks' || jwt.key.kind === 'public-key') && jwt.audience === undefined) {
    new Logger(AuthenticationModule.name).warn(
      'AUTH_JWT_AUDIENCE is not set: tokens that the issuer made for other services are accepted too.',
    );
  }
  return [new JwtStrategy(keys, mapper, jwt)];
}

function apiKeyStrategies({ apiKeys }: Configuration): AuthenticationStrategy[] {
  return apiKeys === undefined ? [] : [new ApiKeyStrategy(parseApiKeys(apiKeys))];
}
