import { v7 } from 'uuid';
import { GRAPH_ENTITIES } from '../../../src/graphs/graphs.entities.js';
import { AuthorizationContext, scopeOf } from '../../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../../src/on-auth/decision.js';
import { parsePrincipal } from '../../../src/on-auth/principal.js';
import { databaseOptions } from '../../../src/persistence/database.options.js';
import { postgresMigrations } from '../../../src/persistence/migrations/postgres.migrations.js';
import { sqliteMigrations } from '../../../src/persistence/migrations/sqlite.migrations.js';
import { rowOf } from '../../../src/persistence/row.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { openPreparedDataSource } from '../../support/data-source.js';

/** The service's own data source and schema, in an empty database. */
export async function openGraphDatabase(url: string): Promise<ScopedDataSource> {
  const { dialect, options, createDriver } = databaseOptions(url);
  return openPreparedDataSource(
    {
      ...options,
      entities: [Thread, ...GRAPH_ENTITIES],
      migrations: [...(dialect === 'postgres' ? postgresMigrations : sqliteMigrations)],
    },
    { scopeKeys: ['owner'], createDriver },
  );
}

/** Runs as a user whose threads are those that it owns: for creating, reading and everything else. */
export function as<T>(identity: string, work: () => T): T {
  const principal = parsePrincipal(identity);
  if (!principal) throw new Error(`"${identity}" is no identity`);
  return AuthorizationContext.run(scopeOf(principal, 'threads', parseDecision({ owner: identity })), work);
}

/** A thread of its owner. Answers its id. */
export async function createThread(dataSource: ScopedDataSource, owner: string, id = v7()): Promise<string> {
  const now = new Date();
  const thread = rowOf<Thread>({
    thread_id: id,
    created_at: now,
    updated_at: now,
    metadata: { owner },
    status: 'idle',
    config: {},
    interrupts: {},
    revision: 0,
  });
  await as(owner, () => dataSource.getRepository(Thread).insert(thread));
  return id;
}
