import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databases, type TestDatabase } from './databases.js';

describe.each(databases)('a test database on $dialect', ({ dialect, create }) => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([create(), create()]);
  });
  afterAll(() => Promise.all([first.drop(), second.drop()]));

  it('is not the one of another spec', () => {
    expect(first.url).not.toBe(second.url);
  });

  it('is really there', async () => {
    if (dialect === 'sqlite') {
      expect((await stat(new URL('.', `file://${first.url.slice('sqlite:'.length)}`))).isDirectory()).toBe(
        true,
      );
      return;
    }
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    const answer = await client.query<{ one: number }>('SELECT 1 AS one');
    await client.end();
    expect(answer.rows).toEqual([{ one: 1 }]);
  });
});
