import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { FilterInput } from '../../../src/on-auth/filter/filter.js';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import { renderFilter } from '../../../src/persistence/filter-sql/filter.renderer.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { SqliteDataSource } from '../sqlite3/sqlite.data-source.js';
import { hostileStrings } from './hostile-strings.js';

const texts = Object.values(hostileStrings);

describe.each(databases)(
  'hostile text that travels as parameters of TypeORM on $dialect',
  ({ dialect, create }) => {
    let database: TestDatabase;
    let source: DataSource;

    beforeAll(async () => {
      database = await create();
      source =
        dialect === 'postgres'
          ? new DataSource({ type: 'postgres', url: database.url })
          : new SqliteDataSource(database.url.slice('sqlite:'.length));
      await source.initialize();
      await source.query('CREATE TABLE document (id integer PRIMARY KEY, metadata jsonb)');
      const [json, position] = dialect === 'postgres' ? ['CAST($2 AS jsonb)', '$1'] : ['jsonb(?)', '?'];
      for (const [id, text] of texts.entries()) {
        const metadata = JSON.stringify({ [text]: [text], text });
        await source.query(`INSERT INTO document VALUES (${position}, ${json})`, [id, metadata]);
      }
    });
    afterAll(async () => {
      await source.destroy();
      await database.drop();
    });

    async function select(input: FilterInput): Promise<readonly number[]> {
      const parameters: Record<string, unknown> = {};
      const bind = (value: unknown): string => {
        const name = `scope_${Object.keys(parameters).length}`;
        parameters[name] = value;
        return `:${name}`;
      };
      const condition = renderFilter(parseFilter(input), { dialect, column: '"document"."metadata"', bind });
      const query = source.createQueryBuilder().select('document.id', 'id').from('document', 'document');
      const rows = await query.where(condition, parameters).getRawMany<{ id: number }>();
      return rows.map(({ id }) => id);
    }

    it('selects by value exactly the row that has it', async () => {
      for (const [id, text] of texts.entries()) expect(await select({ text })).toEqual([id]);
    });

    it('selects by key and element exactly the row that has them', async () => {
      for (const [id, text] of texts.entries()) {
        if (text.startsWith('$')) continue;
        expect(await select({ [text]: { $contains: text }, text: { $in: [text, `${text}?`] } })).toEqual([
          id,
        ]);
      }
    });
  },
);
