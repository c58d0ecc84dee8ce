import { openDevelopmentTokens } from './authentication/development/development.tokens.js';
import type { Deployment } from './deployment/deployment.js';

/** What the server prints when it is up: where it is, and with development keys also how to talk to it at once. */
export async function firstMinute(url: string, { configuration, graphs, auth }: Deployment): Promise<string> {
  if (configuration.role === 'worker')
    return `OnAuth Server is up at ${url} as a worker: it executes runs, and answers only /ok and /info\n`;
  if (auth || configuration.jwt.key.kind !== 'development') return `OnAuth Server is up at ${url}\n`;
  const tokens = await openDevelopmentTokens(configuration);
  const alice = await tokens.mint({ identity: 'alice' });
  const bob = await tokens.mint({ identity: 'bob' });
  const [graphId] = Object.keys(graphs);
  return `
OnAuth Server is up at ${url}, with development keys (kept in .onauth/, never for production).

Two tokens, good for 8 hours (more: npm run token -- carol --permissions threads:write):
  alice  ${alice}
  bob    ${bob}

Try it with curl:
  curl -s ${url}/runs/wait -H "authorization: Bearer ${alice}" -H "content-type: application/json" \\
    -d '{"assistant_id":"${graphId}","input":{"messages":[{"role":"user","content":"hello"}]}}'

Or with the SDK (npm install @langchain/langgraph-sdk):
  import { Client } from '@langchain/langgraph-sdk';
  const client = new Client({ apiUrl: '${url}', defaultHeaders: { authorization: 'Bearer ${alice}' } });
  const thread = await client.threads.create();
  console.log(await client.runs.wait(thread.thread_id, '${graphId}', {
    input: { messages: [{ role: 'user', content: 'hello' }] },
  }));
${configuration.apiDocs ? `\nEvery route, to read and to try in a browser: ${url}/docs\n` : ''}
Privacy between alice and bob, step by step: npm run tutorial
`;
}
