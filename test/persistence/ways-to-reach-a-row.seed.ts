import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';

const TABLES = ['step', 'run', 'thread_tag', 'note', 'thread', 'tag'] as const;

/** Alice's and Bob's rows, and links between them that should not be there. Returns the snapshot of the rows. */
export async function seed(dataSource: ScopedDataSource): Promise<string> {
  await runAsSystem('seed', async () => {
    await dataSource.queryResultCache?.clear();
    for (const table of TABLES) await dataSource.query(`DELETE FROM "${table}"`);
    for (const sql of rows(dataSource.options.type === 'postgres' ? asIs : asJsonb))
      await dataSource.query(sql);
  });
  return snapshotOf(dataSource);
}

/** Every row of the scoped tables that is not wholly Bob's. One that he gives away turns up here. */
export function snapshotOf(dataSource: ScopedDataSource): Promise<string> {
  return runAsSystem('snapshot', async () => {
    const json = dataSource.options.type === 'postgres' ? '"metadata"::text' : 'json("metadata")';
    const tables = [
      await dataSource.query(
        `SELECT thread_id, ${json} AS metadata, status, counter, version, deleted_at FROM thread ORDER BY thread_id`,
      ),
      await dataSource.query('SELECT run_id, thread_id, status FROM run ORDER BY run_id'),
      await dataSource.query('SELECT step_id, run_id, status FROM step ORDER BY step_id'),
      await dataSource.query(`SELECT tag_id, ${json} AS metadata FROM tag ORDER BY tag_id`),
      await dataSource.query('SELECT a_thread_id, a_tag_id FROM thread_tag ORDER BY a_thread_id, a_tag_id'),
    ] as readonly (readonly object[])[];
    return JSON.stringify(
      tables.map((table) => table.filter((row) => JSON.stringify(row).includes('alice'))),
    );
  });
}

/** Whether what was found says anything of Alice's rows. The marks that TypeORM leaves on lazy relations do not count. */
export function tellsOfAlice(found: unknown): boolean {
  const text = JSON.stringify(found, (key, value: unknown) => (key.startsWith('__') ? undefined : value));
  return text?.includes('alice') ?? false;
}

function rows(json: (text: string) => string): readonly string[] {
  const metadata = (owner: string, tag: string): string => json(JSON.stringify({ owner, tags: [tag] }));
  const alice = metadata('alice', 'x');
  const bob = metadata('bob', 'y');
  return [
    `INSERT INTO "tag" ("tag_id", "metadata") VALUES ('tag-alice', ${alice}), ('tag-bob', ${bob})`,
    `INSERT INTO "thread" ("thread_id", "metadata", "counter") VALUES
      ('alice-0', ${alice}, 10), ('alice-1', ${alice}, 20), ('bob-0', ${bob}, 1), ('bob-1', ${bob}, 1)`,
    `INSERT INTO "thread" ("thread_id", "metadata", "deleted_at") VALUES ('alice-deleted', ${alice}, '2026-01-01 00:00:00')`,
    `INSERT INTO "run" ("run_id", "thread_id", "lazy_thread_id") VALUES
      ('alice-run-0', 'alice-0', 'alice-0'), ('alice-run-1', 'alice-1', 'alice-1'), ('bob-run-0', 'bob-0', 'bob-0')`,
    `INSERT INTO "step" ("step_id", "run_id") VALUES ('alice-step-0', 'alice-run-0'), ('bob-step-0', 'bob-run-0')`,
    `INSERT INTO "note" ("note_id", "thread_id") VALUES ('note-1', 'alice-0'), ('note-2', 'bob-0')`,
    `INSERT INTO "thread_tag" ("a_thread_id", "a_tag_id") VALUES
      ('alice-0', 'tag-bob'), ('bob-0', 'tag-alice'), ('bob-0', 'tag-bob')`,
  ];
}

function asIs(text: string): string {
  return `'${text}'`;
}

function asJsonb(text: string): string {
  return `jsonb('${text}')`;
}
