import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { runAsSystem } from '../on-auth/index.js';

const MINUTE_S = 60;
/** The table of PostgreSQL that the requests of all processes are counted in. */
export const REQUEST_COUNT = 'request_count';

/**
 * Counts in windows of a minute: on PostgreSQL in a table, for all processes together; a SQLite file belongs to one process, which
 * counts in memory. An identity that has used up its minute is refused from memory, without a query.
 *
 * @param perMinute above 0
 */
export async function requestCounter(
  dataSource: DataSource,
  perMinute: number,
): Promise<Pick<RateLimiterAbstract, 'consume'>> {
  // Few deployments limit requests; the others need not load it.
  const { RateLimiterMemory, RateLimiterPostgres } = await import('rate-limiter-flexible');
  const budget = { points: perMinute, duration: MINUTE_S };
  if (dataSource.options.type !== 'postgres') return new RateLimiterMemory(budget);
  return new RateLimiterPostgres({
    ...budget,
    storeClient: new DataSourceClient(dataSource),
    storeType: 'client',
    // Made by a migration: the service needs no right to make tables at any other time.
    tableName: REQUEST_COUNT,
    tableCreated: true,
    keyPrefix: '',
    inMemoryBlockOnConsumed: perMinute,
  });
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** What the library takes for a client of the driver: its statements go through the pool of the data source, as the system. */
class DataSourceClient {
  constructor(private readonly dataSource: DataSource) {}

  async query({ text, values }: Statement): Promise<{ rows: object[] }> {
    const rows = await runAsSystem('count the requests of an identity', () =>
      this.dataSource.query<object[]>(text, values),
    );
    return { rows };
  }
}
