import { createRequire } from 'node:module';

const FIXED = {
  context: 'js',
  flags: { assistants: true, crons: true, langsmith: false, langsmith_tracing_replicas: false },
};

/** What `GET /info` tells: versions and which parts of the contract are served. */
export type ServerInfo = Readonly<typeof FIXED & { version: string; langgraph_js_version: string }>;

let read: ServerInfo | undefined;

/** Read when it is first asked for: no start waits for it. */
export function serverInfo(): ServerInfo {
  read ??= Object.freeze({
    version: versionOf('onauth-server'),
    langgraph_js_version: versionOf('@langchain/langgraph'),
    ...FIXED,
  });
  return read;
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
