import type { Type } from '@nestjs/common';
import type { GraphDefaults } from '../../../src/assistants/graph.defaults.js';
import type { GraphSources } from '../../../src/graphs/graph.js';
import { startApplication, type Caller, type TestApplication } from '../../support/application.js';
import type { TestDatabase } from '../../support/databases.js';
import { testGraphs } from '../../support/graphs/index.js';

/** The application on a database of its own, with two people who use it. */
export interface AssistantsServer {
  readonly application: TestApplication;
  readonly alice: Caller;
  readonly bob: Caller;
  readonly stop: () => Promise<void>;
}

export interface AssistantsServerOptions {
  readonly policies?: readonly Type[];
  readonly graphDefaults?: GraphDefaults;
  /** The graphs of test/support unless given. */
  readonly graphs?: GraphSources;
}

export async function startAssistants(
  create: () => Promise<TestDatabase>,
  { graphDefaults = {}, ...options }: AssistantsServerOptions = {},
): Promise<AssistantsServer> {
  const database = await create();
  const application = await startApplication({
    databaseUrl: database.url,
    graphs: testGraphs,
    environment: { LANGGRAPH_CONFIG: JSON.stringify(graphDefaults) },
    ...options,
  });
  return {
    application,
    alice: await application.as('alice'),
    bob: await application.as('bob'),
    stop: async () => {
      await application.stop();
      await database.drop();
    },
  };
}

/** An assistant as it comes over the wire. */
export interface AssistantBody {
  readonly assistant_id: string;
  readonly graph_id: string;
  readonly config: Record<string, unknown>;
  readonly context: Record<string, unknown>;
  readonly created_at: string;
  readonly updated_at: string;
  readonly metadata: Record<string, unknown>;
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
}

/** Creates an assistant on the graph `agent` and gives what the server answered. */
export async function createAssistant(caller: Caller, fields: object = {}): Promise<AssistantBody> {
  const { status, text, body } = await caller('POST', '/assistants', { graph_id: 'agent', ...fields });
  if (status !== 200) throw new Error(`no assistant was created: ${status} ${text}`);
  return body as AssistantBody;
}
