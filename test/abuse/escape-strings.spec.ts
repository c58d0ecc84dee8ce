import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { getDataSourceToken } from '@nestjs/typeorm';
import { runAsSystem } from '../../src/on-auth/index.js';
import { AuthorizationContext, scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import { startApplication, type TestApplication } from '../support/application.js';

/** PostgreSQL reads a backslash in E'...' as an escape; SQLite sees the alias '\' of a table named E, and then more tables. */
const HIDDEN = `WITH E(x) AS (SELECT 1) SELECT thread.thread_id FROM E'\\', thread WHERE '1' = '1'`;

describe('the SQL guard on SQLite', () => {
  let application: TestApplication;
  let dataSource: DataSource;

  beforeAll(async () => {
    application = await startApplication();
    dataSource = application.app.get<DataSource>(getDataSourceToken());
    const alice = await application.as('alice');
    await alice('POST', '/threads', {});
  });

  afterAll(() => application.stop());

  it('is not misled by a string that ends earlier than on PostgreSQL', async () => {
    expect(
      await runAsSystem('look that the statement is valid', () => dataSource.query(HIDDEN)),
    ).toHaveLength(1);
    const bob = { identity: 'bob', display_name: 'bob', is_authenticated: true, permissions: [] };
    const scope = scopeOf(bob, 'threads', parseDecision({ owner: 'bob' }));
    await expect(AuthorizationContext.run(scope, () => dataSource.query(HIDDEN))).rejects.toThrow(
      'has an escaped quote',
    );
  });
});
