import type { DatabaseLocation } from './database.options.js';
import type { Dialect } from './filter-sql/filter.renderer.js';
import type { MigrationClass } from './migrations/migration.js';
import type { PostgresSettings } from './postgres/postgres.options.js';

/** Which database, and what is in it. */
export interface PersistenceSettings {
  /** `sqlite:path/to/file.db`, `sqlite::memory:`, `postgres://user:password@host:port/database`, or what such a URL says. */
  readonly database: DatabaseLocation | string;
  /** Keys of `metadata` that get composite indexes; letters, digits and `_`. */
  readonly scopeKeys: readonly string[];
  /** How connections to PostgreSQL are held. */
  readonly postgres?: PostgresSettings;
  /** The tables of PostgreSQL keep their scope as well, against the role of this URL; `database` is their owner's. */
  readonly rowSecurity?: { readonly servingUrl: string };
  /** A replica of `database` for reads that may lag. Under row-level security for the role of `servingUrl`. */
  readonly readUrl?: string;
  /** Entities beside those of features. */
  readonly entities?: readonly (new () => object)[];
  /** Tables without an entity that only the system works with, beside those of features. */
  readonly systemTables?: readonly string[];
  /** Migrations beside those of features: the same for both databases, or for each. */
  readonly migrations?: readonly MigrationClass[] | Readonly<Record<Dialect, readonly MigrationClass[]>>;
  /** Whether the schema is brought up to date at boot. True unless given. */
  readonly prepares?: boolean;
}
