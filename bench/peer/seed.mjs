import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { stringify } from 'superjson';

/** Usage: `node seed.mjs <file with threads as JSON> <folder for the peer's data>`: writes them as the peer keeps them between starts. */
const [source, cwd] = process.argv.slice(2);
const rows = JSON.parse(await readFile(source, 'utf8'));
const threads = Object.fromEntries(rows.map((row) => [row.thread_id, threadOf(row)]));
const state = { runs: {}, threads, assistants: {}, assistant_versions: [], retry_counter: {} };
await mkdir(join(cwd, '.langgraph_api'), { recursive: true });
await writeFile(join(cwd, '.langgraph_api', '.langgraphjs_ops.json'), stringify(state));

function threadOf({ thread_id, created_at, metadata }) {
  const at = new Date(created_at);
  return {
    thread_id,
    created_at: at,
    updated_at: at,
    metadata,
    status: 'idle',
    config: {},
    values: undefined,
  };
}
