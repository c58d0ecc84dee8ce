import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const FIXTURE = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));

/** Lets the fixture write until it has acknowledged `wanted` rows, kills it, and returns all that it has acknowledged. */
async function writeAndKill(path: string, round: string, wanted: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE, path, round], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (output.split('\n').length > wanted) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(await exited).toEqual([null, 'SIGKILL']);
  return output.split('\n').slice(0, -1);
}

describe('a process that is killed in the middle of its writes', () => {
  let directory: TemporaryDirectory;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
  });

  afterEach(() => directory.remove());

  it('loses no row that it has acknowledged, time after time, and leaves a sound file', async () => {
    const path = directory.file('items.db');
    const acknowledged: string[] = [];
    for (const round of ['first', 'second', 'third'])
      acknowledged.push(...(await writeAndKill(path, round, 200)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(600);

    const dataSource = await SqliteDataSource.withItems(path);
    const stored = new Set(await dataSource.ids());
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(halfTransactions(stored)).toEqual([]);
    expect(await dataSource.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await dataSource.destroy();
  });
});

/** Odd rounds of the fixture write their two rows in one transaction: both are there, or neither. */
function halfTransactions(stored: ReadonlySet<string>): string[] {
  const partner = (id: string) => (id.endsWith('a') ? id.replace(/a$/, 'b') : id.replace(/b$/, 'a'));
  return [...stored].filter((id) => Number(id.split('-')[2]) % 2 === 1 && !stored.has(partner(id)));
}
