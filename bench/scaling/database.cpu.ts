import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Of Linux, in every configuration that Node runs on. */
const MICROS_PER_TICK = 10_000;
const PARENT = 1;
const USER = 11;
const SYSTEM = 12;
const USER_OF_ENDED_CHILDREN = 13;
const SYSTEM_OF_ENDED_CHILDREN = 14;

/** The processor time of a PostgreSQL on this machine: its first process, those that it has now, and those that have ended. */
export class DatabaseCpu {
  private constructor(private readonly postmaster: number) {}

  /** @param url of a superuser, whom the server tells where its files are */
  static async of(url: string): Promise<DatabaseCpu> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    await client.end();
    const [pid] = readFileSync(join(rows[0].data_directory, 'postmaster.pid'), 'utf8').split('\n');
    return new DatabaseCpu(Number(pid));
  }

  /** User and system time since the server began, in microseconds. */
  micros(): number {
    const processes = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), fields: fieldsOf(name) }));
    const own = processes.find(({ pid }) => pid === this.postmaster);
    const ended = sum(own?.fields, [USER, SYSTEM, USER_OF_ENDED_CHILDREN, SYSTEM_OF_ENDED_CHILDREN]);
    const children = processes.filter(({ fields }) => fields[PARENT] === this.postmaster);
    const ticks = children.reduce((total, { fields }) => total + sum(fields, [USER, SYSTEM]), ended);
    return ticks * MICROS_PER_TICK;
  }
}

function sum(fields: readonly number[] = [], indexes: readonly number[]): number {
  return indexes.reduce((total, index) => total + (fields[index] ?? 0), 0);
}

/** What follows the name of the process, which may hold blanks, but only in its parentheses. */
function fieldsOf(pid: string): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').map(Number);
  } catch {
    return [];
  }
}
