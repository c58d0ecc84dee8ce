import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What `GET /info` tells: versions and which parts of the contract are served. */
export const SERVER_INFO = Object.freeze({
  version: versionOf('onauth-server'),
  langgraph_js_version: versionOf('@langchain/langgraph'),
  context: 'js',
  flags: { assistants: true, crons: true, langsmith: false, langsmith_tracing_replicas: false },
});

function versionOf(name: string): string {
  const { version } = require(`${name}/package.json`) as { version: string };
  return version;
}
