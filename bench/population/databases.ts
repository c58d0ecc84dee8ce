import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Population } from './population.js';
import { seedPostgres } from './postgres.seeder.js';
import { seedSqlite } from './sqlite.seeder.js';

/** Where databases of one kind come from. Each has a URL that the service takes. */
export interface Databases {
  readonly title: 'SQLite' | 'PostgreSQL';
  /** A new one, without tables. */
  create(): Promise<string>;
  /** Fills the tables of one that nobody uses. */
  seed(url: string, population: Population): Promise<void>;
  /** Another one like it. */
  copy(url: string): Promise<string>;
}

/** Files of a folder. */
export class SqliteDatabases implements Databases {
  readonly title = 'SQLite';

  constructor(private readonly folder: string) {}

  create(): Promise<string> {
    return Promise.resolve(`sqlite:${join(this.folder, `${newName()}.db`)}`);
  }

  seed(url: string, population: Population): Promise<void> {
    return seedSqlite(pathOf(url), population);
  }

  async copy(url: string): Promise<string> {
    const copy = await this.create();
    await copyFile(pathOf(url), pathOf(copy));
    return copy;
  }
}

/** Databases of a server that is there for the benchmark alone. */
export class PostgresDatabases implements Databases {
  readonly title = 'PostgreSQL';

  constructor(private readonly server: string) {}

  async create(): Promise<string> {
    const name = newName();
    await this.run(`CREATE DATABASE ${name}`);
    return this.urlOf(name);
  }

  seed(url: string, population: Population): Promise<void> {
    return seedPostgres(url, population);
  }

  async copy(url: string): Promise<string> {
    const name = newName();
    const template = new URL(url).pathname.slice(1);
    // The server notices a little later than everybody else that a process has ended.
    await this.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${template}'`);
    await sleep(200);
    await this.run(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    return this.urlOf(name);
  }

  private urlOf(name: string): string {
    const url = new URL(this.server);
    url.pathname = `/${name}`;
    return url.href;
  }

  private async run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

function newName(): string {
  return `bench_${randomBytes(6).toString('hex')}`;
}

function pathOf(url: string): string {
  return url.slice('sqlite:'.length);
}
