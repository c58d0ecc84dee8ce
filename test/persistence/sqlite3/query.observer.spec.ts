import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EventSubscriber,
  type AfterQueryEvent,
  type BeforeQueryEvent,
  type EntitySubscriberInterface,
  type TransactionCommitEvent,
} from 'typeorm';
import { Item } from './item.entity.js';
import { RecordingLogger } from './recording.logger.js';
import { SqliteDataSource } from './sqlite.data-source.js';

const seen: [string, string, boolean?][] = [];

@EventSubscriber()
class Witness implements EntitySubscriberInterface {
  beforeQuery(event: BeforeQueryEvent): void {
    seen.push(['before', event.query]);
  }

  afterQuery(event: AfterQueryEvent): void {
    seen.push(['after', event.query, event.success]);
  }
}

@EventSubscriber()
class Grumbler implements EntitySubscriberInterface {
  async afterQuery({ query }: AfterQueryEvent): Promise<void> {
    if (query.includes('grumble')) throw new Error('I did not like that');
  }
}

@EventSubscriber()
class AuditOfCommits implements EntitySubscriberInterface {
  /** Writes through another runner, and so needs the write lock that the committing one has had. */
  async afterTransactionCommit({ dataSource }: TransactionCommitEvent): Promise<void> {
    await dataSource.query(`INSERT INTO item (id, label) VALUES ('committed', '')`);
  }
}

describe('the queries of a runner', () => {
  let dataSource: SqliteDataSource;

  beforeEach(() => {
    seen.length = 0;
  });

  afterEach(() => dataSource.destroy());

  it('are told to subscribers, with their outcome', async () => {
    dataSource = await SqliteDataSource.withItems(':memory:', { subscribers: [Witness] });
    seen.length = 0;
    await dataSource.query('SELECT 1');
    await expect(dataSource.query('SELEC 1')).rejects.toThrow();
    expect(seen).toEqual([
      ['before', 'SELECT 1'],
      ['after', 'SELECT 1', true],
      ['before', 'SELEC 1'],
      ['after', 'SELEC 1', false],
    ]);
  });

  it('are told to the logger: the text, the failures and the slow ones', async () => {
    const logger = new RecordingLogger();
    dataSource = await SqliteDataSource.withItems(':memory:', { logger, maxQueryExecutionTime: 1 });
    await dataSource.query('SELECT 1');
    await expect(dataSource.query('SELEC 1')).rejects.toThrow();
    const slow =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n';
    await dataSource.query(slow);
    expect(logger.of('query')).toEqual(expect.arrayContaining(['SELECT 1', 'SELEC 1', slow]));
    expect(logger.of('query-error')).toContain('SELEC 1');
    expect(logger.of('query-slow')).toContain(slow);
  });

  it('are told once to a subscriber that fails itself', async () => {
    dataSource = await SqliteDataSource.withItems(':memory:', { subscribers: [Witness, Grumbler] });
    seen.length = 0;
    await expect(dataSource.query('SELECT 1 AS grumble')).rejects.toThrow('I did not like that');
    expect(seen).toEqual([
      ['before', 'SELECT 1 AS grumble'],
      ['after', 'SELECT 1 AS grumble', true],
    ]);
  });

  it('leave the lock free for a subscriber that writes after the commit', async () => {
    dataSource = await SqliteDataSource.withItems(':memory:', {
      subscribers: [AuditOfCommits],
      lockTimeoutMs: 300,
    });
    await dataSource.query('DELETE FROM item');
    await dataSource.transaction((manager) => manager.insert(Item, { id: 'a', label: '' }));
    expect(await dataSource.ids()).toEqual(['a', 'committed']);
  });

  it('keep the asynchronous context of their caller, also when another caller handed them the lock', async () => {
    dataSource = await SqliteDataSource.withItems(':memory:');
    const context = new AsyncLocalStorage<number>();
    const callers = Array.from({ length: 20 }, (_, caller) =>
      context.run(caller, async () => {
        await dataSource.transaction(async (manager) => {
          await manager.insert(Item, { id: String(caller), label: '' });
          expect(context.getStore()).toBe(caller);
        });
        await dataSource.manager.count(Item);
        return context.getStore();
      }),
    );
    expect(await Promise.all(callers)).toEqual(Array.from({ length: 20 }, (_, caller) => caller));
  });

  it('count what they changed, also when they give rows back', async () => {
    dataSource = await SqliteDataSource.withItems(':memory:');
    for (const id of ['a', 'b', 'c']) await dataSource.manager.insert(Item, { id, label: '' });
    expect((await dataSource.manager.update(Item, { label: '' }, { label: 'x' })).affected).toBe(3);
    expect((await dataSource.manager.delete(Item, { id: 'none' })).affected).toBe(0);
    const runner = dataSource.createQueryRunner();
    const result = await runner.query(`DELETE FROM item WHERE id < ? RETURNING id`, ['c'], true);
    expect(result).toMatchObject({ affected: 2, records: [{ id: 'a' }, { id: 'b' }] });
    await runner.release();
  });
});
