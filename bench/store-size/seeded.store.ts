import pg from 'pg';
import { StoreExpiry } from '../../src/graphs/store/store.expiry.js';
import { StoreItems } from '../../src/graphs/store/store.items.js';
import { StoreVectors } from '../../src/graphs/store/store.vectors.js';
import { STORE_ENTITIES } from '../../src/graphs/graphs.entities.js';
import { AuthorizationContext, runAsSystem, scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import type { Principal } from '../../src/on-auth/principal.js';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { prepareDatabase } from '../../src/persistence/database.preparation.js';
import { postgresMigrations } from '../../src/persistence/migrations/postgres.migrations.js';
import { sqliteMigrations } from '../../src/persistence/migrations/sqlite.migrations.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';

const NAMESPACES = 10;
const ITEMS_PER_NAMESPACE = 100;
const PAGE = { limit: 10, offset: 0 };

/** What a database does by itself in time. PostgreSQL here commits without waiting, and vacuums nothing that is not yet on disk. */
const SETTLE = {
  sqlite: ['PRAGMA wal_checkpoint(TRUNCATE)'],
  postgres: ['CHECKPOINT', 'VACUUM ANALYZE'],
} as const;

export const OPERATIONS = ['get', 'put', 'search', 'search below', 'list namespaces'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A store with the items of many users, in the hands of one of them. */
export class SeededStore {
  private readonly items: StoreItems;
  private readonly user: string;
  private turn = 0;

  private constructor(
    private readonly dataSource: ScopedDataSource,
    users: number,
  ) {
    this.items = new StoreItems(
      dataSource,
      new StoreExpiry(dataSource, {}),
      new StoreVectors(dataSource, {}),
    );
    this.user = userName(Math.floor(users / 2));
  }

  static async createDatabases(server: string, names: readonly string[]): Promise<void> {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    for (const name of names) await client.query(`CREATE DATABASE "${name}"`);
    await client.end();
  }

  static async open(url: string, users: number): Promise<SeededStore> {
    const { dialect, options, createDriver } = databaseOptions(url);
    const migrations = dialect === 'postgres' ? postgresMigrations : sqliteMigrations;
    const dataSource = new ScopedDataSource(
      { ...options, entities: [...STORE_ENTITIES], migrations: [...migrations] },
      { scopeKeys: ['owner'], createDriver },
    );
    await dataSource.initialize();
    await prepareDatabase(dataSource);
    await runAsSystem('seed', async () => {
      await dataSource.query(seedSql(dialect, users));
      for (const statement of SETTLE[dialect]) await dataSource.query(statement);
    });
    return new SeededStore(dataSource, users);
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }

  /** One operation of the user, and each time on another item. */
  do(operation: Operation): Promise<unknown> {
    this.turn += 1;
    const namespace = [this.user, `n${this.turn % NAMESPACES}`];
    const key = `k${this.turn % ITEMS_PER_NAMESPACE}`;
    const scope = scopeOf(principalOf(this.user), 'store', parseDecision(true));
    return AuthorizationContext.run(scope, () => this.ask(operation, namespace, key));
  }

  private async ask(operation: Operation, namespace: string[], key: string): Promise<unknown> {
    switch (operation) {
      case 'get':
        return assertFound(await this.items.get(namespace, key));
      case 'put':
        return this.items.put(namespace, key, { text: 'changed', n: this.turn });
      case 'search':
        return assertFull((await this.items.search({ namespace: [this.user], ...PAGE })).rows, PAGE.limit);
      case 'search below':
        return assertFull((await this.items.search({ namespace, ...PAGE })).rows, PAGE.limit);
      case 'list namespaces': {
        const { rows } = await this.items.listNamespaces({ prefix: [this.user], limit: 100, offset: 0 });
        return assertFull(rows, NAMESPACES);
      }
    }
  }
}

function assertFound(item: unknown): unknown {
  if (item !== null) return item;
  throw new Error('the item was not found');
}

function assertFull(rows: readonly unknown[], count: number): readonly unknown[] {
  if (rows.length === count) return rows;
  throw new Error(`${rows.length} rows were found, not ${count}`);
}

function userName(number: number): string {
  return `user${String(number).padStart(6, '0')}`;
}

function principalOf(identity: string): Principal {
  return { identity, display_name: identity, is_authenticated: true, permissions: [] };
}

/** One statement: a million inserts of one row each would take longer than what is measured. */
function seedSql(dialect: 'sqlite' | 'postgres', users: number): string {
  const isPostgres = dialect === 'postgres';
  const series = (name: string, count: number): string =>
    isPostgres
      ? `(SELECT generate_series(0, ${count - 1}) AS value) AS ${name}`
      : `(WITH RECURSIVE numbers(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM numbers WHERE value < ${count - 1}) SELECT value FROM numbers) AS ${name}`;
  const user = isPostgres ? `'user' || lpad(u.value::text, 6, '0')` : `'user' || printf('%06d', u.value)`;
  const json = isPostgres ? 'jsonb_build_object' : 'jsonb_object';
  const list = isPostgres ? 'jsonb_build_array' : 'jsonb_array';
  return `INSERT INTO store_item (namespace, key, depth, document, covered, created_at, updated_at)
    SELECT ${user} || '.n' || n.value || '.', 'k' || k.value, 2,
      ${json}('text', 'an item of the store', 'n', k.value, 'key', 'k' || k.value, 'namespace', ${list}(${user}, 'n' || n.value)),
      ${json}(), 1767225600000 + k.value, 1767225600000 + k.value * 7 + n.value
    FROM ${series('k', ITEMS_PER_NAMESPACE)}, ${series('u', users)}, ${series('n', NAMESPACES)}`;
}
