import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openConnections } from '../../../src/persistence/sqlite3/connection.opener.js';
import { resolveSqlite3Options } from '../../../src/persistence/sqlite3/sqlite3.options.js';
import { TemporaryDirectory } from './temporary.directory.js';

const FILES = 50;
const OPENINGS = 12;

describe('several that open one new file at the same time', () => {
  let directory: TemporaryDirectory;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
  });
  afterEach(() => directory.remove());

  it('all come in, whoever makes it a file in WAL mode', async () => {
    const options = resolveSqlite3Options({ readers: 1 });
    for (let file = 0; file < FILES; file += 1) {
      const path = directory.file(`${file}.db`);
      const openings = Array.from({ length: OPENINGS }, () => openConnections(path, options));
      const results = await Promise.allSettled(openings);
      for (const result of results) if (result.status === 'fulfilled') await result.value.close();
      expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    }
  });
});
