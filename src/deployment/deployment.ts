import { Logger } from '@nestjs/common';
import type { GraphDefaults } from '../assistants/graph.defaults.js';
import type { Configuration } from '../configuration/configuration.js';
import type { Environment } from '../configuration/configuration.parser.js';
import { readConfiguration } from '../configuration/configuration.reader.js';
import { createAgentGraph } from '../graphs/agent/agent.graph.js';
import type { GraphSources } from '../graphs/graph.js';
import { loadProject, type LoadedAuth, type LoadedProject } from '../graphs/langgraph-json/project.loader.js';
import { handlersOf } from '../langgraph-auth/langgraph-auth.handlers.js';
import { parseLangGraphAuth } from '../langgraph-auth/langgraph-auth.parser.js';
import { LangGraphAuthStrategy } from '../langgraph-auth/langgraph-auth.strategy.js';
import { LANGGRAPH_EVENTS } from '../langgraph-auth/langgraph.events.js';
import type { StoreSettings } from '../graphs/store.settings.js';
import type { OnAuthModuleOptions } from '../on-auth/index.js';
import type { SecurityDocumentation } from '../openapi/security.schemes.js';
import type { WebhookSettings } from '../webhooks/webhook.settings.js';
import { parseGraphDefaults } from './graph-defaults.parser.js';
import { webhookSettingsOf } from './webhook.settings.factory.js';

/**
 * What this server serves and who decides about it: its own agent, or the project of a `langgraph.json`. It is known before
 * there is an application, because it says which modules that has. Inject it by this class.
 */
export abstract class Deployment {
  abstract readonly configuration: Configuration;
  abstract readonly graphs: GraphSources;
  abstract readonly graphDefaults: GraphDefaults;
  /** Times to live of store items, and how they are found by what they mean. */
  abstract readonly store: StoreSettings;
  /** The project's own: then nobody else says who is calling and what they may do. */
  abstract readonly auth: DeploymentAuth | undefined;
  abstract readonly webhooks: WebhookSettings;
}

export interface DeploymentAuth extends Pick<OnAuthModuleOptions, 'strategies' | 'handlers' | 'knownEvents'> {
  /** How it is documented that callers prove who they are. */
  readonly security?: SecurityDocumentation;
}

export interface DeploymentOptions {
  /** Taken instead of the process's environment and `.env`. */
  readonly environment?: Environment;
  /** The graphs that are served where no `langgraph.json` is configured. The built-in `agent` unless given. */
  readonly graphs?: GraphSources;
  /**
   * Times to live of store items, and the embeddings that find them by what they mean. What a `langgraph.json` says in `store` comes
   * first, part by part.
   */
  readonly store?: StoreSettings;
}

/**
 * @throws ConfigurationError for a wrong setting
 * @throws ProjectError, InvalidAuthError for a project that cannot be served
 */
export async function openDeployment({ environment, graphs, store }: DeploymentOptions): Promise<Deployment> {
  const configuration = await readConfiguration(environment);
  const { langgraphJson, langgraphConfig } = configuration;
  const served: LoadedProject = langgraphJson
    ? await loadProject(langgraphJson)
    : { graphs: graphs ?? { agent: builtInAgent(configuration) } };
  if (served.auth) reportUnusedKeys(configuration);
  return {
    configuration,
    graphs: served.graphs,
    graphDefaults: parseGraphDefaults(langgraphConfig, Object.keys(served.graphs)),
    store: { ...store, ...served.store },
    auth: served.auth && authOf(served.auth),
    webhooks: await webhookSettingsOf(configuration, served.webhooks),
  };
}

function builtInAgent({ agent }: Configuration) {
  return createAgentGraph({
    openaiApiKey: agent.openaiApiKey?.reveal(),
    anthropicApiKey: agent.anthropicApiKey?.reveal(),
    model: agent.model,
  });
}

function authOf({ value, source, security }: LoadedAuth): DeploymentAuth {
  const { authenticate, callbacks } = parseLangGraphAuth(value, source);
  return {
    strategies: [new LangGraphAuthStrategy(authenticate)],
    handlers: handlersOf(callbacks, source),
    knownEvents: LANGGRAPH_EVENTS,
    security,
  };
}

function reportUnusedKeys({ jwt, apiKeys }: Configuration): void {
  const isUnused = jwt.key.kind === 'development' || jwt.key.kind === 'none';
  if (isUnused && apiKeys === undefined) return;
  new Logger('Deployment').warn(
    'AUTH_ variables have no effect: the Auth object of the LangGraph project alone says who is calling.',
  );
}
