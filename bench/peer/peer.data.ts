import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { threadAt, type Population } from '../population/population.js';

const HERE = resolve('bench/peer');

/** Installs the peer beside its package.json, unless it is there. */
export function installPeer(): void {
  if (existsSync(join(HERE, 'node_modules'))) return;
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund']);
}

/** A folder with what the peer keeps between its starts: the threads that a database of this population has. */
export async function seedPeer(parent: string, population: Population): Promise<string> {
  const folder = await mkdtemp(join(parent, 'peer-'));
  const rows = Array.from({ length: population.threads }, (_, index) => threadAt(population, index));
  const source = join(folder, 'threads.json');
  await writeFile(source, JSON.stringify(rows));
  run(process.execPath, [join(HERE, 'seed.mjs'), source, folder]);
  return folder;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, [...args], { cwd: HERE, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr}`);
}
