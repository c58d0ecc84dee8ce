import { describe, expect, it } from '@jest/globals';
import { databaseOptions } from '../../src/persistence/database.options.js';

describe('a database URL', () => {
  it.each([
    ['sqlite:data/agents.db', 'data/agents.db'],
    ['sqlite:/var/lib/agents.db', '/var/lib/agents.db'],
    ['sqlite::memory:', ':memory:'],
    ['sqlite:C:\\data\\agents.db', 'C:\\data\\agents.db'],
    ['sqlite:odd name?#.db', 'odd name?#.db'],
  ])('%s is an SQLite file', (url, database) => {
    const { dialect, options, createDriver } = databaseOptions(url);
    expect(dialect).toBe('sqlite');
    expect(options).toMatchObject({ database });
    expect(createDriver).toBeDefined();
  });

  it.each([
    'postgres://me:secret@127.0.0.1:5432/agents',
    'postgresql://db/agents',
    'POSTGRES://db/agents?sslmode=require',
  ])('%s is a PostgreSQL database', (url) => {
    expect(databaseOptions(url)).toMatchObject({ dialect: 'postgres', options: { type: 'postgres', url } });
    expect(databaseOptions(url).createDriver).toBeUndefined();
  });

  it('may be taken apart already', () => {
    expect(databaseOptions({ kind: 'sqlite', path: 'a.db' }).options).toMatchObject({ database: 'a.db' });
    expect(databaseOptions({ kind: 'postgres', url: 'postgres://db/a' }).options).toMatchObject({
      url: 'postgres://db/a',
    });
  });

  it.each([
    '',
    'agents.db',
    'sqlite:',
    'sqlite:  ',
    'sqlite://agents.db',
    'postgres:agents',
    'postgres://',
    'mysql://me:secret@db/agents',
  ])('%j is refused in one sentence that tells what is right, and no password', (url) => {
    expect(() => databaseOptions(url)).toThrow(
      expect.objectContaining({
        name: 'DatabaseUrlError',
        message: expect.stringMatching(
          /^The database URL( with the scheme "\w+")? cannot be read: write sqlite:path\/to\/file\.db, sqlite::memory: or postgres:/,
        ),
      }),
    );
    expect(() => databaseOptions(url)).not.toThrow(/secret/);
  });

  it('lets no condition on nothing be left out', () => {
    const strict = { invalidWhereValuesBehavior: { undefined: 'throw', null: 'throw' } };
    expect(databaseOptions('sqlite::memory:').options).toMatchObject(strict);
    expect(databaseOptions('postgres://db/agents').options).toMatchObject(strict);
  });
});
