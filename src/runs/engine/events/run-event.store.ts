import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThanOrEqual, Not } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { LeaseLostError, type Lease } from '../queue/lease.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';
import type { RunEvent } from '../run.engine.js';
import { StoredEvent } from './run-event.entity.js';
import { TextEvent } from './text.event.js';

/** What is written of one event. */
export interface NewEvent {
  readonly id: number;
  readonly step: number | null;
  readonly event: string;
  readonly json: string;
}

/** Events in one page of a replay. */
const PAGE = 100;

/** The events go in as one parameter, and only while the lease holds; on PostgreSQL the row is locked against its loss. */
const APPEND_ON_SQLITE = `
  INSERT INTO "run_event" ("run_id", "id", "step", "event", "data")
  SELECT r."run_id", e.value ->> 'id', e.value ->> 'step', e.value ->> 'event', e.value ->> 'json'
  FROM "run" r, json_each($1) e
  WHERE r."run_id" = $2 AND r."worker_id" = $3 AND r."attempt" = $4 AND r."status" = 'running'
  RETURNING "id"`;
const APPEND_ON_POSTGRES = `
  INSERT INTO "run_event" ("run_id", "id", "step", "event", "data")
  SELECT r."run_id", e."id", e."step", e."event", e."json"
  FROM "run" r, json_to_recordset($1::json) AS e("id" integer, "step" integer, "event" text, "json" text)
  WHERE r."run_id" = $2 AND r."worker_id" = $3 AND r."attempt" = $4 AND r."status" = 'running'
  FOR SHARE OF r
  RETURNING "id"`;

/** The events of resumable runs, in their table. */
@Injectable()
export class RunEventStore {
  private readonly appendSql: string;

  constructor(private readonly dataSource: DataSource) {
    this.appendSql = isPostgres(dataSource) ? APPEND_ON_POSTGRES : APPEND_ON_SQLITE;
  }

  /** @throws LeaseLostError when the run is another worker's by now: nothing was written */
  async append(lease: Lease, events: readonly NewEvent[]): Promise<void> {
    const parameters = [JSON.stringify(events), lease.runId, lease.workerId, lease.attempt];
    const stored = await runAsSystem('record the events of a run', () =>
      rowsOf(this.dataSource.manager, this.appendSql, parameters),
    );
    if (stored.length !== events.length) throw new LeaseLostError(lease);
  }

  /** A page of what comes at this id and after it, in the current scope. */
  async page(runId: string, from: number): Promise<RunEvent[]> {
    const stored = await this.dataSource.manager.find(StoredEvent, {
      where: { run_id: runId, id: MoreThanOrEqual(from) },
      order: { id: 'ASC' },
      take: PAGE,
    });
    return stored.map(({ id, event, data }) => new TextEvent(id, event, data));
  }

  /** The id that the next event gets. */
  async nextId(runId: string): Promise<number> {
    const last = await runAsSystem('continue the events of a run', () =>
      this.dataSource.manager.maximum(StoredEvent, 'id', { run_id: runId }),
    );
    return (last ?? -1) + 1;
  }

  /** What was recorded from a step on. Events before the first checkpoint count as of the step before it. */
  since(runId: string, step: number): Promise<StoredEvent[]> {
    return runAsSystem('compare the events of two attempts', async () => {
      const { manager } = this.dataSource;
      const placed = { run_id: runId, step: Not(IsNull()) };
      const first = await manager.findOne(StoredEvent, { where: placed, order: { id: 'ASC' } });
      const beforeFirst = (first?.step ?? step + 1) - 1;
      const late = { run_id: runId, step: MoreThanOrEqual(step) };
      const early = { run_id: runId, step: IsNull() };
      return manager.findBy(StoredEvent, beforeFirst < step ? late : [late, early]);
    });
  }
}
