import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const TASKS = 50;
const OPERATIONS_PER_TASK = 400;
/** More shapes of SQL than the cache has places, so that nearly every operation evicts a statement. */
const CACHED_STATEMENTS = 5;

const MIB = 1024 * 1024;

class RolledBack extends Error {}

/** One of many callers that work on their own rows; it knows which of them must be there in the end. */
class Caller {
  private readonly expected = new Set<string>();
  private next = 0;

  constructor(
    private readonly dataSource: SqliteDataSource,
    private readonly name: string,
  ) {}

  get rows(): readonly string[] {
    return [...this.expected];
  }

  async work(operations: number): Promise<void> {
    for (let n = 0; n < operations; n++) await this.operate(n % 8);
  }

  private operate(which: number): Promise<unknown> {
    switch (which) {
      case 0:
        return this.save();
      case 1:
        return this.transact(2);
      case 2:
        return this.transact(2, new RolledBack()).catch(ignoreRollback);
      case 3:
        return this.removeOldest();
      case 4:
        return this.readOwn();
      case 5:
        return this.dataSource.manager.update(Item, { label: this.name }, { created_at: this.next });
      case 6:
        return this.violate();
      default:
        return this.dataSource.query(
          `SELECT count(*) AS n, ${this.next % 17} AS shape FROM item WHERE label = ?`,
          [this.name],
        );
    }
  }

  private newRow() {
    return { id: `${this.name}/${this.next++}`, label: this.name };
  }

  private async save(): Promise<void> {
    const row = this.newRow();
    await this.dataSource.manager.save(Item, row);
    this.expected.add(row.id);
  }

  private async transact(size: number, failure?: Error): Promise<void> {
    const rows = Array.from({ length: size }, () => this.newRow());
    await this.dataSource.transaction(async (manager) => {
      for (const row of rows) await manager.insert(Item, row);
      if (failure) throw failure;
    });
    for (const { id } of rows) this.expected.add(id);
  }

  private async removeOldest(): Promise<void> {
    for (const id of this.expected) {
      this.expected.delete(id);
      expect((await this.dataSource.manager.delete(Item, { id })).affected).toBe(1);
      return;
    }
  }

  private async readOwn(): Promise<void> {
    const found = await this.dataSource.manager.find(Item, {
      where: { label: this.name },
      select: { id: true },
    });
    expect(found.map(({ id }) => id).sort()).toEqual([...this.expected].sort());
  }

  private async violate(): Promise<void> {
    for (const id of this.expected) {
      await expect(this.dataSource.manager.insert(Item, { id, label: 'twice' })).rejects.toThrow(
        'UNIQUE constraint',
      );
      return;
    }
  }
}

function ignoreRollback(error: unknown): void {
  if (!(error instanceof RolledBack)) throw error;
}

/** Far above the ten seconds it takes, for a machine that is busy with other things. */
const PATIENCE_MS = 120_000;

describe('the adapter under load', () => {
  let directory: TemporaryDirectory;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    const settings = { statementCacheSize: CACHED_STATEMENTS, lockTimeoutMs: 60_000 };
    dataSource = await SqliteDataSource.withItems(directory.file('items.db'), settings);
    await dataSource.query('CREATE INDEX item_label ON item (label)');
  });

  afterEach(async () => {
    await dataSource.destroy();
    await directory.remove();
  });

  it(
    'loses nothing and invents nothing in 20,000 operations of 50 callers, and the file stays sound',
    async () => {
      const callers = Array.from({ length: TASKS }, (_, n) => new Caller(dataSource, `caller ${n}`));
      await Promise.all(callers.map((caller) => caller.work(OPERATIONS_PER_TASK)));
      expect(await dataSource.ids()).toEqual(callers.flatMap((caller) => caller.rows).sort());
      expect(await dataSource.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    },
    PATIENCE_MS,
  );

  it(
    'copies its log into the file every 16 MiB, however much is written',
    async () => {
      const log = `${directory.file('items.db')}-wal`;
      let largest = 0;
      for (let id = 0; id < 60; id += 1) {
        await dataSource.manager.insert(Item, { id: String(id), label: 'x'.repeat(MIB) });
        largest = Math.max(largest, (await stat(log)).size);
      }
      expect(largest).toBeGreaterThan(14 * MIB);
      expect(largest).toBeLessThan(20 * MIB);
    },
    PATIENCE_MS,
  );
});
