import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { prepareDatabase } from '../../src/persistence/database.preparation.js';
import type { MigrationClass } from '../../src/persistence/migrations/migration.js';
import { postgresMigrations } from '../../src/persistence/migrations/postgres.migrations.js';
import { NewerSchemaError } from '../../src/persistence/migrations/schema.version.js';
import { sqliteMigrations } from '../../src/persistence/migrations/sqlite.migrations.js';
import { statementsMigration } from '../../src/persistence/migrations/statements.migration.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { EngineHarness } from '../runs/engine/support/engine.harness.js';
import { Cluster } from '../runs/cluster/support/cluster.js';
import { databases, type TestDatabase } from '../support/databases.js';

describe.each(databases)('processes that start together on one empty $dialect', ({ dialect, create }) => {
  const ours = dialect === 'postgres' ? postgresMigrations : sqliteMigrations;
  let database: TestDatabase;
  const open: ScopedDataSource[] = [];

  beforeEach(async () => {
    database = await create();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  /** A data source as a process opens it, with the migrations of its version. */
  async function connect(migrations: readonly MigrationClass[] = ours): Promise<ScopedDataSource> {
    const { options, createDriver } = databaseOptions(database.url);
    const dataSource = new ScopedDataSource(
      { ...options, migrations: [...migrations] },
      { scopeKeys: [], createDriver },
    );
    open.push(dataSource);
    return dataSource.initialize();
  }

  async function executed(dataSource: ScopedDataSource): Promise<string[]> {
    const rows: { name: string }[] = await runAsSystem('look at the migrations', () =>
      dataSource.query('SELECT name FROM migrations ORDER BY id'),
    );
    return rows.map(({ name }) => name);
  }

  it('all come up, and each migration has run once', async () => {
    const sources = await Promise.all(Array.from({ length: 3 }, () => connect()));
    await Promise.all(sources.map((source) => prepareDatabase(source)));
    expect(await executed(sources[0])).toEqual(ours.map((migration) => new migration().name));
  });

  it('all come up as engines', async () => {
    const servers = await Promise.all(Array.from({ length: 3 }, () => EngineHarness.start(database.url)));
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('find a schema that was not finished as it was before', async () => {
    const broken = statementsMigration('Broken1999999999999', [
      'CREATE TABLE "half" ("a" integer)',
      'NONSENSE',
    ]);
    await expect(prepareDatabase(await connect([...ours, broken]))).rejects.toThrow();
    const next = await connect();
    await prepareDatabase(next);
    expect(await executed(next)).toEqual(ours.map((migration) => new migration().name));
    await expect(runAsSystem('look', () => next.query('SELECT * FROM "half"'))).rejects.toThrow();
  });

  it('go on with a schema that has more than they know', async () => {
    const more = statementsMigration('AddColour1999999999999', [
      'ALTER TABLE "thread" ADD COLUMN "colour" varchar',
    ]);
    await prepareDatabase(await connect([...ours, more]));
    const older = await connect();
    await prepareDatabase(older);
    expect(await executed(older)).toContain('AddColour1999999999999');
  });

  it('refuse one from which something was taken away that they need', async () => {
    const contraction = statementsMigration('ContractThreads1999999999999', [
      'ALTER TABLE "thread" DROP COLUMN "state_updated_at"',
    ]);
    await prepareDatabase(await connect([...ours, contraction]));
    const refusal = prepareDatabase(await connect());
    await expect(refusal).rejects.toThrow(NewerSchemaError);
    await expect(refusal).rejects.toThrow(
      /newer version.*\(ContractThreads1999999999999\): start that version/,
    );
    await prepareDatabase(await connect([...ours, contraction]));
  });

  it('come up as processes of their own', async () => {
    const cluster = await Cluster.on({ ...database, drop: async () => {} });
    const members = await Promise.all(Array.from({ length: 3 }, () => cluster.start()));
    for (const { url } of members)
      expect(await (await fetch(`${url}/ok?check_db=1`)).json()).toEqual({ ok: true });
    await cluster.stop();
  }, 90_000);
});
