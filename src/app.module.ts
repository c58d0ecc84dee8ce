import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AssistantsModule } from './assistants/assistants.module.js';
import {
  ACTIVE_STRATEGIES,
  AuthenticationModule,
  type AuthenticationModuleOptions,
} from './authentication/authentication.module.js';
import { Configuration } from './configuration/configuration.js';
import { ConfigurationModule } from './configuration/configuration.module.js';
import { ProcessRole } from './configuration/process.role.js';
import { CronsModule } from './crons/crons.module.js';
import { DeploymentModule } from './deployment/deployment.module.js';
import type { Deployment, DeploymentOptions } from './deployment/deployment.js';
import { GraphsModule } from './graphs/graphs.module.js';
import { HttpModule } from './http/http.module.js';
import { CONFIGURED_ADMISSION, LimitsModule } from './limits/limits.module.js';
import {
  OnAuthModule,
  type Admission,
  type AuthenticationStrategy,
  type OnAuthModuleAsyncOptions,
} from './on-auth/index.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { serverMigrations } from './persistence/migrations/server.migrations.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { OwnerPolicy } from './policies/owner.policy.js';
import { RunEngineModule } from './runs/engine/run-engine.module.js';
import { RunsModule } from './runs/runs.module.js';
import { AuthorizedStoreAccess } from './store/authorized-store.access.js';
import { StoreModule } from './store/store.module.js';
import { PROBED_ROUTES } from './system/system.controller.js';
import { SystemModule } from './system/system.module.js';
import { ThreadsModule } from './threads/threads.module.js';
import { WebhookOutbox } from './webhooks/delivery/webhook.outbox.js';
import { WebhooksModule, type WebhooksModuleOptions } from './webhooks/webhooks.module.js';

export interface AppOptions extends DeploymentOptions {
  /** The classes with `@OnAuth` handlers. The single-owner policy unless given, or a LangGraph project has handlers. */
  readonly policies?: readonly Type[];
  /** How claims become a principal, and further strategies. Without effect where a LangGraph project has an `Auth` object. */
  readonly authentication?: AuthenticationModuleOptions;
  /** Further modules of the deployment: own resources, providers that policies need. */
  readonly modules?: readonly (Type | DynamicModule)[];
  /** How webhooks are called, where the defaults do not fit. */
  readonly webhooks?: WebhooksModuleOptions;
  /** Whether the schema of the database is brought up to date. True unless given; false for who only looks. */
  readonly preparesDatabase?: boolean;
}

/** The composition root: the only file that knows every module. */
@Module({})
export class AppModule {
  static forRoot(
    deployment: Deployment,
    {
      policies = deployment.auth ? [] : [OwnerPolicy],
      modules = [],
      preparesDatabase = true,
      authentication,
      webhooks,
    }: AppOptions = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.of(deployment.configuration),
        DeploymentModule.forRoot(deployment),
        PersistenceModule.forRootAsync({
          inject: [Configuration],
          useFactory: ({ database, scopeKeys, postgres, rowSecurity, readUrl }: Configuration) => ({
            database,
            scopeKeys,
            migrations: serverMigrations,
            postgres,
            rowSecurity,
            readUrl,
            prepares: preparesDatabase,
          }),
        }),
        OnAuthModule.forRootAsync(authenticationOf(deployment, authentication)),
        HttpModule.forRootAsync({
          inject: [Configuration, ProcessRole],
          useFactory: ({ bodyLimitBytes }: Configuration, { serves }: ProcessRole) => ({
            bodyLimit: bodyLimitBytes,
            ...(!serves && { onlyRoutes: PROBED_ROUTES }),
          }),
        }),
        GraphsModule.forRoot(deployment.graphs, {
          storeAccess: AuthorizedStoreAccess,
          storeSettings: deployment.store,
        }),
        RunEngineModule.forRootAsync({
          inject: [Configuration, ProcessRole],
          useFactory: (configuration: Configuration, { executes }: ProcessRole) => ({
            concurrency: executes ? configuration.runsConcurrency : 0,
            concurrencyPerIdentity: configuration.runsConcurrencyPerIdentity,
            timeoutMs: configuration.runTimeoutSeconds * 1000,
          }),
          observer: WebhookOutbox,
        }),
        WebhooksModule.forRoot(webhooks),
        SystemModule,
        AssistantsModule,
        ThreadsModule,
        RunsModule,
        StoreModule,
        CronsModule,
        ...(deployment.configuration.apiDocs
          ? [OpenApiModule.forRoot({ security: deployment.auth?.security })]
          : []),
        ...modules,
      ],
      providers: [...policies],
    };
  }
}

/** The project's own `Auth` object, or the keys that are configured: never both. */
function authenticationOf(
  { auth, configuration }: Deployment,
  options?: AuthenticationModuleOptions,
): OnAuthModuleAsyncOptions {
  const { handlerTimeoutMs } = configuration;
  if (auth) {
    return {
      imports: [LimitsModule],
      inject: [CONFIGURED_ADMISSION],
      useFactory: (admission: Admission) => ({ ...auth, admission, handlerTimeoutMs }),
    };
  }
  return {
    imports: [AuthenticationModule.forRoot(options), LimitsModule],
    inject: [ACTIVE_STRATEGIES, CONFIGURED_ADMISSION],
    useFactory: (strategies: AuthenticationStrategy[], admission: Admission) => ({
      strategies,
      admission,
      handlerTimeoutMs,
    }),
  };
}
