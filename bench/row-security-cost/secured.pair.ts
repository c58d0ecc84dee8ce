import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { startApplication, type TestApplication } from '../../test/support/application.js';
import { databases, securedPostgres, type TestDatabase } from '../../test/support/databases.js';

const THREADS = 50_000;
const OWNERS = 100;
/** Threads of alice, as many as of every other owner. */
const ALICES = THREADS / OWNERS;

export const STATES = ['off', 'on'] as const;
/** Of row-level security. */
export type State = (typeof STATES)[number];

/** A request that a client repeats. */
export interface Target {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Two servers with the same threads, one of them under row-level security. */
export class SecuredPair {
  private constructor(
    private readonly applications: Readonly<Record<State, TestApplication>>,
    private readonly used: readonly TestDatabase[],
    private readonly observer: pg.Client,
  ) {}

  static async start(): Promise<SecuredPair> {
    const plain = databases.find(({ dialect }) => dialect === 'postgres');
    if (!plain) throw new Error('there is no PostgreSQL');
    const used = [await plain.create(), await securedPostgres.create()];
    const [off, on] = await Promise.all(used.map(({ url }) => startApplication({ databaseUrl: url })));
    for (const { url } of used) await fill(url);
    const observer = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await observer.connect();
    return new SecuredPair({ off, on }, used, observer);
  }

  async stop(): Promise<void> {
    await this.observer.end();
    await Promise.all(STATES.map((state) => this.applications[state].stop()));
    for (const database of this.used) await database.drop();
  }

  async get(state: State): Promise<Target> {
    return { ...(await this.target(state, `/threads/${threadId(0)}`)), method: 'GET' };
  }

  async search(state: State): Promise<Target> {
    const target = await this.target(state, '/threads/search');
    return { ...target, method: 'POST', body: JSON.stringify({ limit: 10 }) };
  }

  /** Microseconds of processor time that PostgreSQL has spent on each connection of a server, by its process. */
  async databaseTimes(state: State): Promise<ReadonlyMap<number, number>> {
    const { rows } = await this.observer.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = $1',
      [new URL(this.used[STATES.indexOf(state)]?.url ?? '').pathname.slice(1)],
    );
    const times = rows.map(async ({ pid }): Promise<[number, number]> => {
      const text = await readFile(`/proc/${pid}/schedstat`, 'utf8');
      return [pid, Number(text.split(' ')[0]) / 1000];
    });
    return new Map(await Promise.all(times));
  }

  private async target(state: State, path: string): Promise<Omit<Target, 'method'>> {
    const { url, token } = this.applications[state];
    const headers = { authorization: `Bearer ${await token('alice')}`, 'content-type': 'application/json' };
    return { url: `${url}${path}`, headers };
  }
}

/** The ids of the first owner's threads come first. */
function threadId(position: number): string {
  return `00000000-0000-7000-8000-${String(position).padStart(12, '0')}`;
}

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    INSERT INTO thread (thread_id, created_at, updated_at, metadata, status, config, interrupts, revision)
    SELECT '00000000-0000-7000-8000-' || lpad(n::text, 12, '0'), n, n,
      jsonb_build_object('owner', CASE WHEN n < ${ALICES} THEN 'alice' ELSE 'owner-' || n % ${OWNERS - 1} END),
      'idle', '{}', '{}', 0
    FROM generate_series(0, ${THREADS - 1}) AS n`);
  await client.query('VACUUM ANALYZE');
  await client.end();
}
