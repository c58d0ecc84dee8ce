import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../on-auth/index.js';
import { isPostgres, rowsOf } from '../engine/queue/run.sql.js';
import type { ThreadMetadata } from './held.answer.js';

/** The ids go in as one parameter, so that the statement is always the same. */
const ON_SQLITE = `
  SELECT "thread_id", json("metadata") AS "metadata" FROM "thread"
  WHERE "thread_id" IN (SELECT value FROM json_each($1))`;
const ON_POSTGRES = `
  SELECT "thread_id", "metadata"::text AS "metadata" FROM "thread"
  WHERE "thread_id" IN (SELECT value FROM json_array_elements_text($1::json))`;

interface ThreadRow {
  readonly thread_id: string;
  readonly metadata: string;
}

/** Reads what filters are about, of many threads at once and past every scope: whom it concerns is asked afterwards, in memory. */
@Injectable()
export class ThreadMetadataReader {
  private readonly sql: string;

  constructor(private readonly dataSource: DataSource) {
    this.sql = isPostgres(dataSource) ? ON_POSTGRES : ON_SQLITE;
  }

  /** Thread -> metadata, of those that there are. */
  async read(threadIds: readonly string[]): Promise<ReadonlyMap<string, ThreadMetadata>> {
    const rows = await runAsSystem('see whether threads are still visible to their readers', () =>
      rowsOf<ThreadRow>(this.dataSource.manager, this.sql, [JSON.stringify(threadIds)]),
    );
    return new Map(
      rows.map(({ thread_id, metadata }) => [thread_id, JSON.parse(metadata) as ThreadMetadata]),
    );
  }
}
