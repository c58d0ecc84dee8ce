import { DataSource, type DataSourceOptions } from 'typeorm';
import { SQLITE3_BINDING, Sqlite3Driver } from '../../../src/persistence/sqlite3/sqlite3.driver.js';
import type { Sqlite3Options } from '../../../src/persistence/sqlite3/sqlite3.options.js';
import { Item } from './item.entity.js';

export type SqliteSettings = Partial<Sqlite3Options> &
  Pick<DataSourceOptions, 'entities' | 'migrations' | 'subscribers' | 'logger' | 'maxQueryExecutionTime'>;

/** A plain data source on the adapter, without the scoping of the server's own. */
export class SqliteDataSource extends DataSource {
  constructor(database: string, settings: SqliteSettings = {}) {
    const { entities, migrations, subscribers, logger, maxQueryExecutionTime, ...options } = settings;
    super({
      type: 'better-sqlite3',
      database,
      driver: SQLITE3_BINDING,
      entities,
      migrations,
      subscribers,
      logger,
      maxQueryExecutionTime,
    });
    this.driver = new Sqlite3Driver(this, options);
  }

  /** Opens a data source whose one table is `item`. */
  static async withItems(database: string, settings: SqliteSettings = {}): Promise<SqliteDataSource> {
    const dataSource = new SqliteDataSource(database, { entities: [Item], ...settings });
    await dataSource.initialize();
    await dataSource.synchronize();
    return dataSource;
  }

  async ids(): Promise<string[]> {
    const items = await this.getRepository(Item).find({ order: { id: 'ASC' } });
    return items.map(({ id }) => id);
  }
}
