import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import type { Dialect } from './filter-sql/filter.renderer.js';
import { SQLITE3_BINDING, Sqlite3Driver } from './sqlite3/sqlite3.driver.js';

/** How TypeORM reaches a database. */
export interface DatabaseOptions {
  readonly dialect: Dialect;
  readonly options: DataSourceOptions;
  /** The driver in place of the one that TypeORM has for `options.type`. */
  readonly createDriver?: (dataSource: DataSource) => Driver;
}

/** A condition on nothing never means a condition that is left out. */
const STRICT = { invalidWhereValuesBehavior: { undefined: 'throw', null: 'throw' } } as const;

/** The database URL is none that this service understands. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

/** What a database URL says. `path` is relative to the working directory, or `:memory:`. */
export type DatabaseLocation =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/**
 * How to reach the database of a URL: `sqlite:path/to/file.db` (the path is taken as it stands), `sqlite::memory:`,
 * `postgres://...` or `postgresql://...`.
 *
 * @throws DatabaseUrlError for anything else; its message never repeats the URL, which may hold a password
 * @example databaseOptions('sqlite:.data/agents.db').dialect // 'sqlite'
 */
export function databaseOptions(database: DatabaseLocation | string): DatabaseOptions {
  const location = typeof database === 'string' ? parseDatabaseUrl(database) : database;
  switch (location.kind) {
    case 'postgres':
      return {
        dialect: 'postgres',
        options: { type: 'postgres', url: location.url, ...STRICT },
      };
    case 'sqlite':
      return {
        dialect: 'sqlite',
        options: { type: 'better-sqlite3', database: location.path, driver: SQLITE3_BINDING, ...STRICT },
        createDriver: (dataSource) => new Sqlite3Driver(dataSource),
      };
  }
}

function parseDatabaseUrl(url: string): DatabaseLocation {
  const [, scheme = '', rest = ''] = /^([a-z0-9+.-]+):(.*)$/is.exec(url) ?? [];
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      if (rest.trim() === '' || rest.startsWith('//')) break;
      return { kind: 'sqlite', path: rest };
    case 'postgres':
    case 'postgresql':
      if (!/^\/\/./.test(rest) || !URL.canParse(url)) break;
      return { kind: 'postgres', url };
  }
  throw new DatabaseUrlError(
    `The database URL${scheme && ` with the scheme "${scheme}"`} cannot be read: ` +
      'write sqlite:path/to/file.db, sqlite::memory: or postgres://user:password@host:port/database',
  );
}
