import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';

/**
 * The process that crashes: several callers write without end, plainly and in transactions, and each id goes to standard output
 * (synchronously, so that no acknowledgement is lost in a buffer) once the adapter has acknowledged it.
 */
const [path = '', round = ''] = process.argv.slice(2);
const dataSource = await SqliteDataSource.withItems(path);

async function writeForEver(caller: number): Promise<never> {
  for (let n = 0; ; n++) {
    const ids = [`${round}-${caller}-${n}-a`, `${round}-${caller}-${n}-b`];
    const rows = ids.map((id) => ({ id, label: 'x'.repeat(500), metadata: { caller } }));
    if (n % 2) await dataSource.transaction((manager) => manager.insert(Item, rows));
    else for (const row of rows) await dataSource.manager.save(Item, row);
    writeSync(1, ids.map((id) => `${id}\n`).join(''));
  }
}

await Promise.all([0, 1, 2, 3].map(writeForEver));
