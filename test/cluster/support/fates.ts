import pg from 'pg';

const ENDS = ['success', 'error', 'timeout', 'interrupted'];
/** How many pending statements there are is nobody's business but the database's: it keeps the book itself. */
const BOOK = `
  CREATE TABLE fate (number bigserial, run_id varchar NOT NULL, became varchar NOT NULL);
  CREATE FUNCTION note_fate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN INSERT INTO fate (run_id, became) VALUES (OLD.run_id, 'deleted');
    ELSIF TG_OP = 'INSERT' THEN INSERT INTO fate (run_id, became) VALUES (NEW.run_id, NEW.status);
    ELSIF NEW.status <> OLD.status THEN INSERT INTO fate (run_id, became) VALUES (NEW.run_id, NEW.status);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_fate AFTER INSERT OR UPDATE OR DELETE ON run FOR EACH ROW EXECUTE FUNCTION note_fate();`;

interface Fate {
  readonly run_id: string;
  /** What became of the run, one after the other: its states, and `deleted` when it is gone. */
  readonly story: readonly string[];
}

/** Everything that ever became of any run, as the database saw it. */
export class Fates {
  constructor(private readonly url: string) {}

  async begin(): Promise<void> {
    await this.query(BOOK);
  }

  async all(): Promise<Fate[]> {
    return this.query<Fate>(
      'SELECT run_id, array_agg(became ORDER BY number) AS story FROM fate GROUP BY run_id',
    );
  }

  /** How many runs have not ended. */
  async open(): Promise<number> {
    const [{ count }] = await this.query<{ count: string }>(
      `SELECT COUNT(*) FROM run WHERE status IN ('pending', 'running')`,
    );
    return Number(count);
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    // A server that goes away says so here as well.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql, parameters)).rows as Row[];
    } finally {
      await client.end();
    }
  }
}

/** Whether a run ended once and was left alone from then on; a run that was rolled back ends by being deleted. */
export function endedOnce({ story }: Fate): boolean {
  const end = story.findIndex((became) => ENDS.includes(became) || became === 'deleted');
  const afterwards = story.slice(end + 1);
  return (
    end >= 0 && (afterwards.length === 0 || (story[end] !== 'deleted' && afterwards.join() === 'deleted'))
  );
}
