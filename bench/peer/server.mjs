import { join } from 'node:path';
import process from 'node:process';
import { startServer } from '@langchain/langgraph-api/server';

/** Usage: `node server.mjs <port> <folder for its data>`. As its command starts it, with its ten workers. */
const [port, cwd] = process.argv.slice(2);
const here = import.meta.dirname;

await startServer({
  port: Number(port),
  host: '127.0.0.1',
  nWorkers: 10,
  cwd,
  graphs: { agent: `${join(here, 'graph.mjs')}:graph` },
  auth: { path: `${join(here, 'auth.mjs')}:auth` },
});
