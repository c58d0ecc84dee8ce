import pg from 'pg';

/** Runs that are due at one moment, so that workers that wait begin together. */
export interface Crowd {
  /** Tells one crowd from the others of a database. */
  readonly name: string;
  readonly runs: number;
  readonly dueAt: Date;
}

const RUNS_OF_A_THREAD = 100;
/** Each half by the small index of such runs: to look must not cost what it looks at. */
const LEFT = `
  SELECT (SELECT COUNT(*) FROM "run" WHERE "status" = 'pending' AND "run_after" <= $1)
    + (SELECT COUNT(*) FROM "run" WHERE "status" = 'running' AND "lease_expires_at" > 0) AS "left"`;

/** Fills the queue of a database with copies of one run, which the service itself has made. */
export class QueueSeeder {
  private constructor(
    private readonly client: pg.Client,
    private readonly template: { readonly thread: string; readonly run: string },
  ) {}

  /** @param template a thread and a run of it that is not due */
  static async open(url: string, template: { thread: string; run: string }): Promise<QueueSeeder> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new QueueSeeder(client, template);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** One run on a thread of its own for each. */
  async queue({ name, runs, dueAt }: Crowd): Promise<void> {
    await this.copy('thread', `jsonb_build_object('thread_id', ${id('$2', 'i')})`, [
      this.template.thread,
      name,
      runs,
    ]);
    await this.copy(
      'run',
      `jsonb_build_object('thread_id', ${id('$2', 'i')}, 'run_id', ${id(`$2 || ' run'`, 'i')}, 'run_after', ${dueAt.getTime()})`,
      [this.template.run, name, runs],
    );
  }

  /** Runs that have ended long ago, a hundred on a thread. */
  async addEnded(runs: number): Promise<void> {
    await this.copy('thread', `jsonb_build_object('thread_id', ${id('$2', 'i')}, 'status', 'idle')`, [
      this.template.thread,
      'ended',
      runs / RUNS_OF_A_THREAD,
    ]);
    const run = `jsonb_build_object('thread_id', ${id('$2', `1 + i % (${runs} / ${RUNS_OF_A_THREAD})`)}, 'run_id', ${id(`$2 || ' run'`, 'i')},
      'position', i / (${runs} / ${RUNS_OF_A_THREAD}), 'status', 'success', 'attempt', 1, 'run_after', i, 'started_at', i, 'ended_at', i)`;
    await this.copy('run', run, [this.template.run, 'ended', runs]);
    await this.client.query('VACUUM ANALYZE "run", "thread"');
  }

  /** How many runs of a crowd have not ended. */
  async left(dueAt: Date): Promise<number> {
    const { rows } = await this.client.query<{ left: string }>(LEFT, [dueAt.getTime()]);
    return Number(rows[0].left);
  }

  /** When the last run of a crowd ended; milliseconds since the epoch. */
  async endedAt(dueAt: Date): Promise<number> {
    const { rows } = await this.client.query<{ at: string }>(
      `SELECT MAX("ended_at") AS "at" FROM "run" WHERE "run_after" = $1`,
      [dueAt.getTime()],
    );
    return Number(rows[0].at);
  }

  /** As many rows like the template as the third parameter says, each with its own values. */
  private async copy(table: string, values: string, parameters: readonly unknown[]): Promise<void> {
    const columns = await this.columnsOf(table);
    const copied = columns.map((column) => `(row).${column}`).join(', ');
    await this.client.query(
      `INSERT INTO "${table}" (${columns.join(', ')}) SELECT ${copied} FROM (
         SELECT jsonb_populate_record(t, ${values}) AS row
         FROM "${table}" t, generate_series(1, $3::int) AS n(i) WHERE t."${table}_id" = $1 OFFSET 0
       ) AS copies`,
      [...parameters],
    );
  }

  /** Those that are written; others the database computes. */
  private async columnsOf(table: string): Promise<readonly string[]> {
    const { rows } = await this.client.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'`,
      [table],
    );
    return rows.map(({ column_name }) => `"${column_name}"`);
  }
}

/** The same for the same number and name. */
function id(name: string, number: string): string {
  return `md5((${name})::text || ' ' || (${number})::text)::uuid::text`;
}
