import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { ScopeSealer } from '../../../src/persistence/row-security/scope.sealer.js';
import { readScopeSecret } from '../../../src/persistence/row-security/scope.secret.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { securedPostgres, servingUrlOf } from '../../support/databases.js';
import { entities, Run, Thread } from '../ways-to-reach-a-row.entities.js';
import { scopeFor, scopeWith } from '../ways-to-reach-a-row.scopes.js';
import { seed } from '../ways-to-reach-a-row.seed.js';

const OF_BOTH = ['alice-0', 'alice-1', 'alice-deleted', 'bob-0', 'bob-1'];
const ALL_THREADS = 'SELECT thread_id FROM thread ORDER BY thread_id';

describe('row-level security', () => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let ownerUrl: string;
  /** What a hole in the service would have: its role, and no first layer. */
  let intruder: pg.Client;
  let sealer: ScopeSealer;

  beforeAll(async () => {
    const create = async () => {
      const database = await securedPostgres.create();
      ownerUrl = database.url;
      return database;
    };
    opened = await openDataSource(create, { entities });
    ({ dataSource } = opened);
    sealer = new ScopeSealer(await readScopeSecret(ownerUrl));
    intruder = new pg.Client({ connectionString: servingUrlOf(ownerUrl) });
    await intruder.connect();
    await seed(dataSource);
  });
  beforeEach(() => intruder.query('RESET ALL'));
  afterAll(async () => {
    await intruder.end();
    await opened.close();
  });

  const ids = async (sql = ALL_THREADS): Promise<readonly string[]> => {
    const { rows } = await intruder.query<{ thread_id: string }>(sql);
    return rows.map(({ thread_id }) => thread_id);
  };
  const claim = (setting: string): Promise<unknown> =>
    intruder.query(`SELECT set_config('onauth.scope', $1, false)`, [setting]);

  it('shows nothing and takes nothing where no scope is set', async () => {
    expect(await ids()).toEqual([]);
    expect(await ids('SELECT run_id AS thread_id FROM run')).toEqual([]);
    expect((await intruder.query(`UPDATE thread SET status = 'hacked'`)).rowCount).toBe(0);
    expect((await intruder.query('DELETE FROM step')).rowCount).toBe(0);
    await expect(
      intruder.query(`INSERT INTO thread (thread_id, metadata) VALUES ('x', '{"owner":"bob"}')`),
    ).rejects.toThrow('row-level security');
  });

  it('shows what a scope says that the service sealed', async () => {
    await claim(sealer.seal(scopeFor('bob')));
    expect(await ids()).toEqual(['bob-0', 'bob-1']);
    expect(await ids('SELECT run_id AS thread_id FROM run')).toEqual(['bob-run-0']);
    expect(await ids('SELECT step_id AS thread_id FROM step')).toEqual(['bob-step-0']);
    await claim(sealer.seal({ kind: 'system', reason: 'test' }));
    expect(await ids()).toEqual(OF_BOTH);
  });

  it.each([
    ['everything', true, OF_BOTH],
    ['nothing', false, []],
    ['a filter of several parts', { $or: [{ owner: 'alice' }, { tags: { $contains: 'y' } }] }, OF_BOTH],
    ['a negation', { $not: { owner: 'alice' } }, ['bob-0', 'bob-1']],
    ['a filter that nothing matches', { owner: 'carol' }, []],
  ])('keeps a decision for %s', async (_, result, visible) => {
    await claim(sealer.seal(scopeWith('bob', { threads: result })));
    expect(await ids()).toEqual(visible);
  });

  it('shows nothing of a resource that nothing was decided about', async () => {
    await claim(sealer.seal(scopeWith('bob', { assistants: true })));
    expect(await ids()).toEqual([]);
    expect(await ids('SELECT tag_id AS thread_id FROM tag')).toHaveLength(2);
    expect(await ids('SELECT a_tag_id AS thread_id FROM thread_tag')).toEqual([]);
  });

  it.each([
    ['no seal', '{"all":{"kind":"everything"}}'],
    ['a seal of zeros', `${'0'.repeat(64)}{"all":{"kind":"everything"}}`],
    ['something short', 'x'],
    ['JSON that is none', `${'0'.repeat(64)}{`],
  ])('refuses a scope with %s', async (_, setting) => {
    await claim(setting);
    await expect(ids()).rejects.toThrow('the scope was not sealed by the service');
  });

  it("refuses a seal that was made for another's scope", async () => {
    const [bobs, alices] = [sealer.seal(scopeFor('bob')), sealer.seal(scopeFor('alice'))];
    await claim(bobs.slice(0, 64) + alices.slice(64));
    await expect(ids()).rejects.toThrow('the scope was not sealed by the service');
  });

  it('refuses a scope that SQL sets for itself before it reads', async () => {
    await claim(sealer.seal(scopeFor('bob')));
    const injected = `WITH s AS MATERIALIZED (SELECT set_config('onauth.scope', '{"all":{"kind":"everything"}}', true))
      SELECT thread_id FROM s, thread`;
    await expect(ids(injected)).rejects.toThrow('the scope was not sealed by the service');
  });

  it.each([
    ['read the secret', 'SELECT * FROM onauth.scope_secret'],
    ['take the lock away', 'ALTER TABLE thread DISABLE ROW LEVEL SECURITY'],
    ['stop forcing it', 'ALTER TABLE thread NO FORCE ROW LEVEL SECURITY'],
    ['drop a policy', 'DROP POLICY onauth_scope ON thread'],
    ['add a policy', 'CREATE POLICY mine ON thread USING (true)'],
    ['read without the policies', 'SET row_security = off; SELECT * FROM thread'],
    ['empty a table', 'TRUNCATE step'],
    ['become the owner', 'SET ROLE postgres'],
    [
      'replace a function',
      'CREATE OR REPLACE FUNCTION onauth.filter_for(text) RETURNS jsonb LANGUAGE sql AS $$ SELECT NULL::jsonb $$',
    ],
    [
      'make a function where policies look',
      'CREATE FUNCTION onauth.mine() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
    ],
    ['read what was migrated', 'SELECT * FROM migrations'],
  ])('does not let the role of the service %s', async (_, sql) => {
    await expect(intruder.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('is asked before a function of the intruder sees a row', async () => {
    await claim(sealer.seal(scopeFor('bob')));
    await intruder.query(`CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001
      AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$`);
    const told: (string | undefined)[] = [];
    intruder.on('notice', ({ message }) => told.push(message));
    await ids('SELECT thread_id FROM thread WHERE pg_temp.tell(thread_id)');
    expect(told.sort()).toEqual(['saw bob-0', 'saw bob-1']);
  });

  describe('in the data source', () => {
    const visible = async (): Promise<number> =>
      dataSource.getRepository(Thread).count({ withDeleted: true });

    it('holds exactly the decision of each nested scope, within one transaction', async () => {
      await AuthorizationContext.run(scopeFor('bob'), () =>
        dataSource.transaction(async (manager) => {
          const count = (): Promise<number> => manager.count(Thread, { withDeleted: true });
          const raw = (): Promise<{ count: string }[]> =>
            manager.query(`SELECT count(*) FROM pg_class WHERE relname = 'thread'`);
          expect(await count()).toBe(2);
          expect(await AuthorizationContext.run(scopeFor('alice'), count)).toBe(3);
          expect(await runAsSystem('count', count)).toBe(5);
          expect(await count()).toBe(2);
          expect(await raw()).toEqual([{ count: '1' }]);
          await expect(
            manager.transaction(async (nested) => {
              expect(await runAsSystem('count', () => nested.count(Thread, { withDeleted: true }))).toBe(5);
              throw new Error('roll back');
            }),
          ).rejects.toThrow('roll back');
          expect(await count()).toBe(2);
        }),
      );
    });

    it('leaves nothing of a scope on the connection', async () => {
      await runAsSystem('count', visible);
      await AuthorizationContext.run(scopeFor('bob'), visible);
      const settings = await dataSource.query<{ setting: string | null }[]>(
        `SELECT current_setting('onauth.scope', true) AS setting`,
      );
      expect(settings).toEqual([{ setting: '' }]);
    });

    it('goes on after a statement that failed, in a transaction and outside', async () => {
      await AuthorizationContext.run(scopeFor('bob'), async () => {
        const missing = (): Promise<unknown> => dataSource.query('SELECT * FROM missing');
        for (let time = 0; time < 6; time += 1) await expect(missing()).rejects.toThrow('does not exist');
        await expect(
          dataSource.transaction(async (manager) => {
            await expect(manager.query('SELECT * FROM missing')).rejects.toThrow('does not exist');
            await manager.count(Thread);
          }),
        ).rejects.toThrow('current transaction is aborted');
        expect(await visible()).toBe(2);
      });
    });

    it('follows a deletion to the children', async () => {
      await seed(dataSource);
      await AuthorizationContext.run(scopeFor('bob'), () =>
        dataSource.getRepository(Thread).delete({ thread_id: 'bob-0' }),
      );
      expect(
        await runAsSystem('count', () => dataSource.getRepository(Run).countBy({ thread_id: 'bob-0' })),
      ).toBe(0);
      await seed(dataSource);
    });
  });

  it('is put on the tables once, and found in force afterwards', async () => {
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    const policies = async (): Promise<unknown> =>
      (await owner.query('SELECT oid, polrelid::regclass::text FROM pg_policy ORDER BY oid')).rows;
    const before = await policies();
    const again = await openDataSource(async () => ({ url: ownerUrl, drop: async () => {} }), {
      entities,
      synchronize: false,
    });
    await again.close();
    expect(await policies()).toEqual(before);
    expect(before).toHaveLength(5);
    await owner.end();
  });
});
