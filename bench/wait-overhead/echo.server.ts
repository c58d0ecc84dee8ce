import { Agent, request } from 'node:http';
import { DataSource } from 'typeorm';
import { createAgentGraph } from '../../src/graphs/agent/agent.graph.js';
import { RunCheckpointer } from '../../src/graphs/checkpointer/run.checkpointer.js';
import { TypeOrmCheckpointer } from '../../src/graphs/checkpointer/typeorm.checkpointer.js';
import { withPersistence } from '../../src/graphs/graph.copy.js';
import { AuthorizationContext, scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import type { Principal } from '../../src/on-auth/principal.js';
import { startApplication, type TestApplication } from '../../test/support/application.js';

const INPUT = { messages: [{ role: 'human', content: 'hello' }] };
const graph = createAgentGraph();
const ALICE: Principal = {
  identity: 'alice',
  display_name: 'alice',
  is_authenticated: true,
  permissions: [],
};
/** What the server runs her graphs in: her own threads. */
const scope = scopeOf(ALICE, 'threads', parseDecision({ owner: 'alice' }));

/** An idle server, and the ways in which one echo is made on a thread of it. */
export class EchoServer {
  /** One connection that stays open, as a client of a server has. */
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly dataSource: DataSource;

  private constructor(
    private readonly application: TestApplication,
    private readonly token: string,
  ) {
    this.dataSource = application.app.get(DataSource);
  }

  static async start(databaseUrl: string): Promise<EchoServer> {
    const application = await startApplication({ databaseUrl, graphs: { agent: graph } });
    return new EchoServer(application, await application.token('alice'));
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await this.application.stop();
  }

  async newThread(): Promise<string> {
    const { thread_id } = JSON.parse(await this.post('/threads', {})) as { thread_id: string };
    return thread_id;
  }

  /** Through the server. */
  async wait(threadId: string): Promise<void> {
    const answer = await this.post(`/threads/${threadId}/runs/wait`, { assistant_id: 'agent', input: INPUT });
    if (!answer.includes('echo: hello')) throw new Error(`the server did not answer with an echo: ${answer}`);
  }

  /** The graph alone, with a checkpointer for the run, as the server makes one: it gathers what is written. */
  async invokeGathering(threadId: string): Promise<void> {
    await AuthorizationContext.run(scope, async () => {
      const checkpointer = new RunCheckpointer(this.dataSource, { waits: false });
      await this.invoke(checkpointer, threadId);
      await checkpointer.settled();
      await checkpointer.close();
    });
  }

  /** The graph alone, with the checkpointer as anybody would give it to a graph. */
  async invokePlain(threadId: string): Promise<void> {
    await AuthorizationContext.run(scope, () =>
      this.invoke(new TypeOrmCheckpointer(this.dataSource), threadId),
    );
  }

  private async invoke(checkpointer: TypeOrmCheckpointer, threadId: string): Promise<void> {
    const configurable = { thread_id: threadId };
    await withPersistence(graph, { checkpointer }).invoke(INPUT, { configurable, durability: 'async' });
  }

  private post(path: string, body: object): Promise<string> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.agent, headers };
      const sent = request(`${this.application.url}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
  }
}
