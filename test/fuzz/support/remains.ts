import {
  And,
  DataSource,
  In,
  LessThan,
  MoreThanOrEqual,
  Not,
  type EntityTarget,
  type ObjectLiteral,
} from 'typeorm';
import { runAsSystem } from '../../../src/on-auth/index.js';
import { AssistantVersion } from '../../../src/assistants/assistant-version.entity.js';
import { Assistant } from '../../../src/assistants/assistant.entity.js';
import { Cron } from '../../../src/crons/cron.entity.js';
import { rangeOf } from '../../../src/graphs/store/namespace.path.js';
import { StoreItem } from '../../../src/graphs/store/store-item.entity.js';
import { Run } from '../../../src/runs/run.entity.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { PROVIDED_ID, type Model } from './model.js';
import { expectSame } from './operation.js';
import type { Row, Rows } from './rows.js';

/** The tables past every scope, where one has ids of its own and the model knows all that there ever were. */
const TABLES = [
  { entity: Thread, id: 'thread_id', rowsOf: (model: Model): Rows<Row> => model.threads },
  { entity: Run, id: 'run_id', rowsOf: (model: Model): Rows<Row> => model.runs },
  { entity: Assistant, id: 'assistant_id', rowsOf: (model: Model): Rows<Row> => model.assistants },
  { entity: Cron, id: 'cron_id', rowsOf: (model: Model): Rows<Row> => model.crons },
] as const;

/**
 * That the tables hold what the model says of a world, and nothing else: what nobody was answered with has not happened either.
 * @throws Disagreement
 */
export function expectRemains(dataSource: DataSource, model: Model, mark: string): Promise<void> {
  return runAsSystem('read a world back', async () => {
    for (const { entity, id, rowsOf } of TABLES) {
      const rows = rowsOf(model);
      const where = { [id]: In([...rows.known()]) };
      const stored = await dataSource.getRepository<ObjectLiteral>(entity).find({ where });
      expectSame(
        `what is left in ${entity.name}`,
        byId(stored.map((row) => ({ id: String(row[id]), metadata: row.metadata as unknown }))),
        byId(rows.all().map(({ id, metadata }) => ({ id, metadata }))),
      );
    }
    const items = await dataSource.getRepository(StoreItem).find({ where: { namespace: below(mark) } });
    expectSame(
      'what is left in the store',
      byId(
        items.map(({ namespace, key, document }) => ({
          id: namespace.replaceAll('.', '/') + key,
          metadata: document,
        })),
      ),
      byId(model.items.all().map(({ id, metadata }) => ({ id, metadata }))),
    );
  });
}

/** Removes a world, so that the tables stay small: a search by a filter that no index serves reads all of them. */
export function removeRemains(dataSource: DataSource, model: Model, mark: string): Promise<void> {
  return runAsSystem('remove a world', async () => {
    for (const { entity, id, rowsOf } of TABLES.toReversed()) {
      const ids = rowsOf(model)
        .known()
        .filter((known) => known !== PROVIDED_ID);
      if (ids.length > 0)
        await dataSource.getRepository<ObjectLiteral>(entity).delete({ [id]: In([...ids]) });
    }
    await dataSource.getRepository(StoreItem).delete({ namespace: below(mark) });
  });
}

/** Rows that no world knew, when all worlds are gone. */
export function countStrays(dataSource: DataSource): Promise<number> {
  const notProvided = { assistant_id: Not(PROVIDED_ID) };
  const tables: readonly [EntityTarget<ObjectLiteral>, object][] = [
    [Thread, {}],
    [Run, {}],
    [Cron, {}],
    [StoreItem, {}],
    [Assistant, notProvided],
    [AssistantVersion, notProvided],
  ];
  return runAsSystem('count what is left of a fuzz', async () => {
    let strays = 0;
    for (const [entity, where] of tables) strays += await dataSource.getRepository(entity).countBy(where);
    return strays;
  });
}

function below(mark: string) {
  const { from, to } = rangeOf([mark]);
  return And(MoreThanOrEqual(from), LessThan(to));
}

function byId(rows: readonly { readonly id: string; readonly metadata: unknown }[]): unknown {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
