import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AssistantsModule } from './assistants/assistants.module.js';
import { ACTIVE_STRATEGIES, AuthenticationModule } from './authentication/authentication.module.js';
import { Configuration } from './configuration/configuration.js';
import { ConfigurationModule } from './configuration/configuration.module.js';
import type { Environment } from './configuration/configuration.parser.js';
import { createAgentGraph } from './graphs/agent/agent.graph.js';
import type { GraphSources } from './graphs/graph.js';
import { GraphsModule } from './graphs/graphs.module.js';
import { HttpModule } from './http/http.module.js';
import { OnAuthModule, type AuthenticationStrategy } from './on-auth/index.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { OwnerPolicy } from './policies/owner.policy.js';
import { RunEngineModule } from './runs/engine/run-engine.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SystemModule } from './system/system.module.js';
import { ThreadsModule } from './threads/threads.module.js';

export interface AppOptions {
  /** Taken instead of the process's environment and `.env`. */
  readonly environment?: Environment;
  /** The classes with `@OnAuth` handlers. The single-owner policy unless given. */
  readonly policies?: readonly Type[];
  /** The graphs that are served, by id. The built-in `agent` unless given. */
  readonly graphs?: GraphSources;
  /** Further modules of the deployment: own resources, providers that policies need. */
  readonly modules?: readonly (Type | DynamicModule)[];
}

/** The composition root: the only file that knows every module. */
@Module({})
export class AppModule {
  static forRoot({
    environment,
    policies = [OwnerPolicy],
    graphs = { agent: createAgentGraph() },
    modules = [],
  }: AppOptions = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.forRoot(environment),
        PersistenceModule.forRootAsync({
          inject: [Configuration],
          useFactory: ({ database, scopeKeys }: Configuration) => ({ database, scopeKeys }),
        }),
        OnAuthModule.forRootAsync({
          imports: [AuthenticationModule.forRoot()],
          inject: [ACTIVE_STRATEGIES, Configuration],
          useFactory: (strategies: AuthenticationStrategy[], { handlerTimeoutMs }: Configuration) => ({
            strategies,
            handlerTimeoutMs,
          }),
        }),
        HttpModule.forRootAsync({
          inject: [Configuration],
          useFactory: ({ bodyLimitBytes }: Configuration) => ({ bodyLimit: bodyLimitBytes }),
        }),
        GraphsModule.forRoot(graphs),
        RunEngineModule.forRootAsync({
          inject: [Configuration],
          useFactory: ({ runsConcurrency, runTimeoutSeconds }: Configuration) => ({
            concurrency: runsConcurrency,
            timeoutMs: runTimeoutSeconds * 1000,
          }),
        }),
        SystemModule,
        AssistantsModule,
        ThreadsModule,
        RunsModule,
        ...modules,
      ],
      providers: [...policies],
    };
  }
}
