import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import type { MigrationClass } from '../../../src/persistence/migrations/migration.js';
import { statementsMigration } from '../../../src/persistence/migrations/statements.migration.js';
import { PersistenceModule } from '../../../src/persistence/persistence.module.js';
import type { PersistenceSettings } from '../../../src/persistence/persistence.settings.js';
import { Scoped } from '../../../src/persistence/scoped.decorator.js';
import { createPostgres, type TestDatabase } from '../../support/databases.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';

/** As a team declares it in its own module. */
@Scoped('notes', { by: 'metadata' })
@Entity('team_note')
class TeamNote {
  @PrimaryColumn('varchar') note_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
}

const createNotes = statementsMigration('CreateTeamNotes1767225600000', [
  'CREATE TABLE team_note (note_id varchar PRIMARY KEY, metadata jsonb NOT NULL)',
  `INSERT INTO team_note VALUES ('bob-note', '{"owner":"bob"}'), ('alice-note', '{"owner":"alice"}')`,
]);
/** A later migration, which has to see the rows that the policies hide from everybody but the system. */
const changeNotes = statementsMigration('ChangeTeamNotes1767225600001', [
  `UPDATE team_note SET metadata = metadata || '{"changed":true}'`,
]);
/** Tables without an entity. */
const createPosts = statementsMigration('CreateTeamPosts1767225600002', [
  'CREATE TABLE team_post (body varchar)',
  `INSERT INTO team_post VALUES ('for the system')`,
]);
const createDrafts = statementsMigration('CreateTeamDrafts1767225600003', [
  'CREATE TABLE team_draft (body varchar)',
]);

const PASSWORD = 'test';

describe('the role that the service works with under row-level security', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let name: string;

  /** Roles belong to the server, so their names begin with that of the database. */
  const roles: Readonly<Record<string, string>> = {
    owner: '',
    app: '',
    bypassing: 'BYPASSRLS',
    creating: 'CREATEROLE',
    super: 'SUPERUSER',
    member: '',
  };
  const roleUrl = (role: string): string =>
    Object.assign(new URL(database.url), { username: `${name}_${role}`, password: PASSWORD }).href;

  beforeAll(async () => {
    database = await createPostgres();
    name = new URL(database.url).pathname.slice(1);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    for (const [role, power] of Object.entries(roles))
      await admin.query(`CREATE ROLE ${name}_${role} LOGIN PASSWORD '${PASSWORD}' ${power}`);
    await admin.query(`GRANT ${name}_owner TO ${name}_member`);
    await admin.query(`GRANT CREATE ON DATABASE ${name} TO ${name}_owner`);
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${name}_owner`);
  });
  afterAll(async () => {
    const all = Object.keys(roles).map((role) => `${name}_${role}`);
    await admin.query(`DROP OWNED BY ${all.join(', ')}`);
    await admin.query(`DROP ROLE ${all.join(', ')}`);
    await admin.end();
    await database.drop();
  });

  async function start(
    settings: Partial<PersistenceSettings>,
    migrations: readonly MigrationClass[] = [createNotes],
    systemTables: readonly string[] = [],
  ) {
    const useFactory = () => ({ database: roleUrl('owner'), scopeKeys: ['owner'], migrations, ...settings });
    const module = await Test.createTestingModule({
      imports: [
        PersistenceModule.forRootAsync({ useFactory }),
        PersistenceModule.forFeature({ entities: [TeamNote], systemTables }),
      ],
    }).compile();
    return { dataSource: module.get(DataSource), stop: () => module.close() };
  }
  const secured = (role: string): Partial<PersistenceSettings> => ({
    rowSecurity: { servingUrl: roleUrl(role) },
  });
  const notesOf = (dataSource: DataSource): Promise<readonly string[]> =>
    dataSource
      .query<{ note_id: string }[]>('SELECT note_id FROM team_note ORDER BY 1')
      .then((rows) => rows.map(({ note_id }) => note_id));

  it('needs nothing but to log in: the owner, no superuser either, gives it what it works with', async () => {
    const { dataSource, stop } = await start(secured('app'));
    expect(await runAsSystem('look', () => notesOf(dataSource))).toEqual(['alice-note', 'bob-note']);
    expect(await runAsSystem('look', () => dataSource.query('SELECT current_user::text AS role'))).toEqual([
      { role: `${name}_app` },
    ]);
    const bob = {
      ...scopeFor('bob'),
      decisions: new Map([['notes', scopeFor('bob').decisions.get('threads')!]]),
    };
    const seen = await AuthorizationContext.run(bob, () => dataSource.getRepository(TeamNote).find());
    expect(seen.map(({ note_id }) => note_id)).toEqual(['bob-note']);
    await stop();
  });

  it('leaves the tables locked for their owner too, but for what it does at boot', async () => {
    const owner = new pg.Client({ connectionString: roleUrl('owner') });
    await owner.connect();
    expect((await owner.query('SELECT * FROM team_note')).rows).toEqual([]);
    await owner.end();
    const { dataSource, stop } = await start(secured('app'), [createNotes, changeNotes]);
    const changed = await runAsSystem('look', () =>
      dataSource.query(
        `SELECT count(*)::integer AS notes FROM team_note WHERE metadata -> 'changed' = 'true'`,
      ),
    );
    expect(changed).toEqual([{ notes: 2 }]);
    await stop();
  });

  it.each([
    ['super', 'is a superuser'],
    ['bypassing', 'has BYPASSRLS'],
    ['creating', 'has CREATEROLE'],
    ['member', 'owns "team_note"'],
    ['owner', 'owns "team_note"'],
  ])('stops the boot when it is the role "%s"', async (role, why) => {
    await expect(start(secured(role))).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining(why),
    });
  });

  it('stops the boot when it works on another database', async () => {
    const other = await createPostgres();
    const servingUrl = Object.assign(new URL(roleUrl('app')), { pathname: new URL(other.url).pathname }).href;
    await expect(start({ rowSecurity: { servingUrl } })).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('the same database'),
    });
    await other.drop();
  });

  it('keeps a table that belongs to nobody for the system, when it is declared', async () => {
    const { dataSource, stop } = await start(secured('app'), [createNotes, createPosts], ['team_post']);
    const posts = (): Promise<unknown[]> => dataSource.query('SELECT * FROM team_post');
    expect(await runAsSystem('look', posts)).toHaveLength(1);
    expect(await AuthorizationContext.run(scopeFor('bob'), posts)).toEqual([]);
    expect(await posts()).toEqual([]);
    await expect(
      AuthorizationContext.run(scopeFor('bob'), () =>
        dataSource.query(`INSERT INTO team_post VALUES ('bob')`),
      ),
    ).rejects.toMatchObject({ name: 'ScopeViolationError' });
    await stop();
  });

  it('is given nothing of a table that nobody declares', async () => {
    const { dataSource, stop } = await start(secured('app'), [createNotes, createDrafts]);
    const drafts = (): Promise<unknown> => dataSource.query('SELECT * FROM team_draft');
    await expect(runAsSystem('look', drafts)).rejects.toThrow('permission denied for table team_draft');
    await stop();
  });

  it('stops the boot when it may reach a table on which there is no policy', async () => {
    await admin.query(`GRANT SELECT ON team_draft TO ${name}_app`);
    await expect(start(secured('app'), [createNotes, createDrafts])).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('may reach the table team_draft, on which there is no policy'),
    });
    await admin.query(`REVOKE SELECT ON team_draft FROM ${name}_app`);
  });

  it('stops the boot when a second policy shows more than the scope', async () => {
    await admin.query('CREATE POLICY everybody ON team_note USING (true)');
    await expect(start(secured('app'))).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('The policy "everybody" on "team_note"'),
    });
    await admin.query('DROP POLICY everybody ON team_note');
  });

  it('stops the boot of a service that does not know of the policies', async () => {
    await expect(start({})).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('set PG_RLS=on'),
    });
  });

  it('stops the boot on SQLite', async () => {
    const settings = { database: 'sqlite::memory:', migrations: [], ...secured('app') };
    await expect(start(settings)).rejects.toMatchObject({ name: 'RowSecurityError' });
  });

  it('says nothing of a password when it is refused', async () => {
    const refusal = await start(secured('super')).catch((error: unknown) => String(error));
    expect(refusal).not.toContain(`:${PASSWORD}@`);
  });
});
