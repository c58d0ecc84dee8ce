import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bindStatement } from './bound.statement.js';
import { ConnectionPool } from './connection.pool.js';
import { Sqlite3Connection, type ConnectionMode, type StatementResult } from './sqlite3.connection.js';
import { DatabaseOpenError, Sqlite3Error } from './sqlite3.errors.js';
import type { Sqlite3Options } from './sqlite3.options.js';

const BUSY_PAUSE_MS = 10;
/**
 * The writer copies its log into the file when it has so many pages of 4 KiB, and everybody waits for the disk meanwhile: with SQLite's
 * own 1,000 a twentieth of the time, where runs write without a pause.
 */
const LOG_PAGES = 4_000;
/**
 * So much of the file each connection keeps, where SQLite's own choice is 2 MiB: enough for the newest rows of those who are at work,
 * however large the database is. In a search each row often has a page to itself, which is otherwise asked of the system.
 */
const CACHE_KIB = 16 * 1024;
/** SQLite's names for a database that only its own connection can see. */
const PRIVATE_DATABASES: ReadonlySet<string> = new Set([':memory:', '']);

/**
 * Opens the writer, which makes the file and its directory when they are missing, and then the readers.
 * @throws DatabaseOpenError when the file cannot be opened for writing in WAL mode; nothing stays open
 */
export async function openConnections(path: string, options: Sqlite3Options): Promise<ConnectionPool> {
  const opened: Sqlite3Connection[] = [];
  try {
    const isPrivate = PRIVATE_DATABASES.has(path);
    if (!isPrivate) await mkdir(dirname(path), { recursive: true });
    const writer = await open(path, 'writer', options, opened);
    await pragma(writer, 'foreign_keys = ON');
    if (!isPrivate) {
      await enterWal(writer, options.busyTimeoutMs);
      await pragma(writer, `synchronous = ${options.synchronous}`);
      await pragma(writer, `wal_autocheckpoint = ${LOG_PAGES}`);
      for (let i = 0; i < options.readers; i++) await openReader(path, options, opened);
    }
    return new ConnectionPool(writer, opened.slice(1), options.lockTimeoutMs);
  } catch (error) {
    await Promise.all(opened.map((connection) => connection.close()));
    throw new DatabaseOpenError(path, error);
  }
}

async function open(
  path: string,
  mode: ConnectionMode,
  options: Sqlite3Options,
  opened: Sqlite3Connection[],
): Promise<Sqlite3Connection> {
  const connection = await Sqlite3Connection.open(path, mode, options.statementCacheSize);
  opened.push(connection);
  await pragma(connection, `busy_timeout = ${options.busyTimeoutMs}`);
  await pragma(connection, `cache_size = -${CACHE_KIB}`);
  return connection;
}

/** Readers are read-only twice: a temporary table is no file, so only `query_only` keeps it out. */
async function openReader(path: string, options: Sqlite3Options, opened: Sqlite3Connection[]): Promise<void> {
  const reader = await open(path, 'reader', options, opened);
  await pragma(reader, 'query_only = ON');
}

/**
 * Without WAL a reader would block the writer. SQLite answers with the mode it is in, also when it could not change it. Who changes
 * the mode of a file at the same time as others is not made to wait by the busy timeout, but turned away.
 */
async function enterWal(writer: Sqlite3Connection, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      const { rows } = await pragma(writer, 'journal_mode = WAL');
      const mode = rows[0]?.journal_mode;
      if (mode === 'wal') return;
      throw new Error(`the file system does not allow WAL mode (it stays in "${String(mode)}")`);
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(BUSY_PAUSE_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite3Error && error.code.startsWith('SQLITE_BUSY');
}

function pragma(connection: Sqlite3Connection, setting: string): Promise<StatementResult> {
  return connection.execute(bindStatement(`PRAGMA ${setting}`));
}
