import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { Repository } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { ReadReplica } from '../../src/persistence/replica/read.replica.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { createPostgres } from '../support/databases.js';
import { entities, Thread } from './ways-to-reach-a-row.entities.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';

const REST_MS = 100;

describe('reads that may lag', () => {
  let primary: TestDataSource;
  let standby: TestDataSource;
  let admin: pg.Client;
  let replica: ReadReplica;
  let threads: Repository<Thread>;
  const warn = jest.spyOn(Logger.prototype, 'warn');
  const log = jest.spyOn(Logger.prototype, 'log');

  beforeAll(async () => {
    [primary, standby] = await Promise.all([openNamed('primary'), openNamed('replica')]);
    threads = primary.dataSource.getRepository(Thread);
    admin = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await admin.connect();
  });
  beforeEach(async () => {
    warn.mockReset();
    log.mockReset();
    replica = new ReadReplica(openStandby, REST_MS);
    await replica.connect();
  });
  afterAll(async () => {
    await Promise.all([admin.end(), primary.close(), standby.close()]);
    jest.restoreAllMocks();
  });

  /** Each has a thread of everybody's that is called after it. */
  async function openNamed(name: string): Promise<TestDataSource> {
    const opened = await openDataSource(createPostgres, { entities });
    const rows = ['alice', 'bob'].map((owner) => ({ thread_id: `${owner}-${name}`, metadata: { owner } }));
    await runAsSystem('seed', () => opened.dataSource.getRepository(Thread).insert(rows));
    return opened;
  }

  function openStandby(): Promise<ScopedDataSource> {
    const { options } = databaseOptions(standby.url);
    return new ScopedDataSource({ ...options, entities }, { scopeKeys: ['owner'] }).initialize();
  }

  const nameOf = (url: string): string => new URL(url).pathname.slice(1);
  const letIn = (isOpen: boolean): Promise<unknown> =>
    admin.query(`ALTER DATABASE ${nameOf(standby.url)} ALLOW_CONNECTIONS ${isOpen}`);
  const cutOff = (): Promise<unknown> =>
    admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      nameOf(standby.url),
    ]);
  const ids = (repository: Repository<Thread>): Promise<string[]> =>
    repository.find().then((found) => found.map(({ thread_id }) => thread_id));
  const read = (mayLag: boolean): Promise<string[]> =>
    AuthorizationContext.run(scopeFor('bob'), () => replica.read(threads, { mayLag }, ids));

  it('are answered by the replica, within the scope', async () => {
    expect(await read(true)).toEqual(['bob-replica']);
    await replica.onApplicationShutdown();
  });

  it('are the only ones', async () => {
    expect(await read(false)).toEqual(['bob-primary']);
    const unasked = AuthorizationContext.run(scopeFor('bob'), () => replica.read(threads, {}, ids));
    expect(await unasked).toEqual(['bob-primary']);
    await replica.onApplicationShutdown();
  });

  it('need a scope there as well', async () => {
    await expect(replica.read(threads, { mayLag: true }, ids)).rejects.toMatchObject({
      name: 'ScopeMissingError',
    });
    await replica.onApplicationShutdown();
  });

  it('are answered by the primary where there is no replica', async () => {
    await replica.onApplicationShutdown();
    replica = new ReadReplica();
    await replica.connect();
    expect(await read(true)).toEqual(['bob-primary']);
  });

  it('are answered by the primary while the replica is away, and by the replica when it is back', async () => {
    expect(await read(true)).toEqual(['bob-replica']);
    await letIn(false);
    await cutOff();
    for (let time = 0; time < 5; time += 1) expect(await read(true)).toEqual(['bob-primary']);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.lastCall?.[0]).toContain('The read replica does not answer');
    await letIn(true);
    while ((await read(true))[0] !== 'bob-replica') await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log).toHaveBeenLastCalledWith('The read replica answers again');
    await replica.onApplicationShutdown();
  });

  it('are answered by the primary what the replica cannot answer yet', async () => {
    await runAsSystem('lag', () => standby.dataSource.query('ALTER TABLE thread RENAME TO not_yet'));
    expect(await read(true)).toEqual(['bob-primary']);
    await runAsSystem('catch up', () => standby.dataSource.query('ALTER TABLE not_yet RENAME TO thread'));
    expect(await read(true)).toEqual(['bob-replica']);
    expect(warn).not.toHaveBeenCalled();
    await replica.onApplicationShutdown();
  });

  it('fail where the replica says that they are wrong', async () => {
    const wrong = (repository: Repository<Thread>): Promise<unknown> =>
      repository.createQueryBuilder('thread').where('1 / 0 = 1').getMany();
    await expect(
      AuthorizationContext.run(scopeFor('bob'), () => replica.read(threads, { mayLag: true }, wrong)),
    ).rejects.toThrow('division by zero');
    await replica.onApplicationShutdown();
  });
});
