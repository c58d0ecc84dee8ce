import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Column,
  Entity,
  PrimaryColumn,
  type EntityManager,
  type ObjectLiteral,
  type SelectQueryBuilder,
} from 'typeorm';
import {
  AuthorizationContext,
  runAsSystem,
  type PrincipalScope,
} from '../../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { Scoped } from '../../../src/persistence/scoped.decorator.js';
import { Scoping } from '../../../src/persistence/scoping/scoping.js';
import type { TableScope } from '../../../src/persistence/scoping/table.scope.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases, plainDatabases } from '../../support/databases.js';
import { entities } from '../ways-to-reach-a-row.entities.js';
import { scopeFor, scopeWith } from '../ways-to-reach-a-row.scopes.js';
import { seed } from '../ways-to-reach-a-row.seed.js';

describe.each(databases)('the scope of a table on $dialect', ({ create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  beforeEach(() => seed(dataSource));
  afterAll(() => opened.close());

  const on = (path: string, scope: PrincipalScope): TableScope | undefined =>
    AuthorizationContext.run(scope, () => Scoping.of(dataSource)?.on(path));
  /** The scopes of somebody who has the same decision about threads as another one, and one of its own about assistants. */
  const beside = ({ decisions, ...scope }: PrincipalScope, identity: string): PrincipalScope => {
    const { decisions: others } = scopeFor(identity);
    return {
      ...scope,
      decisions: new Map([...decisions, ...[...others].filter(([name]) => name === 'assistants')]),
    };
  };
  const links = () => manager.createQueryBuilder().select('j.a_tag_id', 'linked').from('thread_tag', 'j');
  const linkedBy = async (builder: SelectQueryBuilder<ObjectLiteral>): Promise<readonly string[]> =>
    (await builder.getRawMany<{ linked: string }>()).map(({ linked }) => linked).sort();

  it('is compiled once for a decision, for each table that the decision is about', () => {
    const bob = scopeFor('bob');
    const [thread, run] = [on('thread', bob), on('run', bob)];
    expect([thread?.table.name, run?.table.name]).toEqual(['Thread', 'Run']);
    expect([on('thread', bob) === thread, on('run', bob) === run]).toEqual([true, true]);
  });

  it('is compiled anew for another decision, of the same form and with values of its own', () => {
    const [alice, bob] = [on('thread', scopeFor('alice')), on('thread', scopeFor('bob'))];
    expect([alice?.values, bob?.values]).toEqual([['"alice"'], ['"bob"']]);
    expect(alice?.form === bob?.form).toBe(true);
  });

  it('is compiled anew beside another decision, and then known as well', () => {
    const bob = scopeFor('bob');
    const asAlice = beside(bob, 'alice');
    const first = on('thread_tag', bob);
    const second = on('thread_tag', asAlice);
    expect([first?.values, second?.values]).toEqual([
      ['"bob"', '"bob"'],
      ['"bob"', '"alice"'],
    ]);
    expect(on('thread_tag', asAlice) === second).toBe(true);
    expect(on('thread_tag', bob)?.values).toEqual(['"bob"', '"bob"']);
  });

  it('has no values for a text that was rendered beside another decision', async () => {
    const wide = scopeWith('bob', {
      threads: { owner: { $in: ['alice', 'bob'] } },
      assistants: { owner: 'alice' },
    });
    const narrow = beside(wide, 'bob');
    const text = AuthorizationContext.run(wide, () => links().getQuery());
    const run = () =>
      linkedBy(manager.createQueryBuilder().select('s.linked', 'linked').from(`(${text})`, 's'));
    expect(await AuthorizationContext.run(wide, run)).toEqual(['tag-alice']);
    await AuthorizationContext.run(narrow, async () => {
      await expect(run()).rejects.toMatchObject({ name: 'UnscopedSqlError' });
      expect(await linkedBy(links())).toEqual(['tag-bob', 'tag-bob']);
      expect(await run()).toEqual(['tag-bob', 'tag-bob']);
    });
  });
});

@Scoped('threads', { by: 'metadata' })
@Entity({ name: 'letter', schema: 'public' })
class Letter {
  @PrimaryColumn('varchar') id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
}
@Scoped('threads', { by: 'labels' })
@Entity({ name: 'letter', schema: 'archive' })
class OldLetter {
  @PrimaryColumn('varchar') id!: string;
  @Column('jsonb') labels!: Record<string, unknown>;
}

describe.each(plainDatabases)('tables of one name on $dialect', ({ dialect, create }) => {
  if (dialect === 'postgres')
    it('have each its own scope, in schemas of their own', async () => {
      const options = { entities: [Letter, OldLetter], synchronize: false };
      const { dataSource, close } = await openDataSource(create, options);
      try {
        const { manager } = dataSource;
        await runAsSystem('seed', async () => {
          await dataSource.query('CREATE SCHEMA archive');
          await dataSource.synchronize();
          for (const owner of ['alice', 'bob']) {
            await manager.insert(Letter, { id: `new-${owner}`, metadata: { owner } });
            await manager.insert(OldLetter, { id: `old-${owner}`, labels: { owner } });
          }
        });
        await AuthorizationContext.run(scopeFor('bob'), async () => {
          expect((await manager.find(Letter)).map(({ id }) => id)).toEqual(['new-bob']);
          expect((await manager.find(OldLetter)).map(({ id }) => id)).toEqual(['old-bob']);
        });
      } finally {
        await close();
      }
    });
});
