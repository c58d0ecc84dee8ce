import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { TextEvent } from '../events/text.event.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';
import type { RunEvent, RunOutcome } from '../run.engine.js';
import {
  endsSql,
  forgetEndedSql,
  forgetOrphansSql,
  lastIdSql,
  pagesSql,
  relayEventsSql,
} from './relay.statements.js';

/** Where the events of a run can be read by other processes: those of a resumable one that stays are stored anyway. */
export type EventSource = 'relayed_event' | 'run_event';

/** What is wanted of one run. */
export interface WantedEvents {
  readonly run_id: string;
  readonly from: number;
}

/** An event as it was found in the tables. */
export interface FoundEvent {
  readonly runId: string;
  readonly event: RunEvent;
  /** It was said before anybody elsewhere asked for the events. */
  readonly saidBefore: boolean;
}

interface EventRow {
  readonly run_id: string;
  readonly id: number | string;
  readonly event: string;
  readonly data: string;
  readonly said_before: boolean;
}

/** Events of one run in one page. */
export const RELAY_PAGE = 100;

/** What processes leave for each other in the tables: of runs that are followed by others than the one that executes them. */
@Injectable()
export class RelayStore {
  private readonly isShared: boolean;

  constructor(private readonly dataSource: DataSource) {
    this.isShared = isPostgres(dataSource);
  }

  /** What is there already stays as it is. @param liveFrom the id before which they were said before anybody asked */
  append(
    runId: string,
    events: readonly RunEvent[],
    liveFrom: number,
    manager = this.dataSource.manager,
  ): Promise<unknown> {
    const rows = events.map(({ id, event, json }) => ({ id, event, json }));
    const parameters = [runId, JSON.stringify(rows), liveFrom, Date.now()];
    return runAsSystem('relay the events of a run', () => rowsOf(manager, relayEventsSql, parameters));
  }

  /** How those of the runs have ended that were followed when they did. */
  async ends(runIds: readonly string[]): Promise<Map<string, RunOutcome>> {
    const rows = await this.read<{ run_id: string; outcome: string }>(endsSql, [JSON.stringify(runIds)]);
    return new Map(rows.map(({ run_id, outcome }) => [run_id, JSON.parse(outcome) as RunOutcome]));
  }

  /** A page of what each run has to say, in its order. */
  async pages(source: EventSource, wanted: readonly WantedEvents[]): Promise<FoundEvent[]> {
    const rows = await this.read<EventRow>(pagesSql(source), [JSON.stringify(wanted), RELAY_PAGE]);
    return rows.map(({ run_id, id, event, data, said_before }) => ({
      runId: run_id,
      event: new TextEvent(Number(id), event, data),
      saidBefore: said_before,
    }));
  }

  /** The id after the last event that is there; 0 where there is none. */
  async nextId(source: EventSource, runId: string): Promise<number> {
    const [row] = await this.read<{ id: number | string | null }>(lastIdSql(source), [runId]);
    return row?.id === null || row === undefined ? 0 : Number(row.id) + 1;
  }

  /** Removes what nobody needs any more. @returns how many runs were forgotten */
  async forget(endedBefore: number, orphanedBefore: number, limit: number): Promise<number> {
    const ended = await this.read(forgetEndedSql, [endedBefore, limit]);
    await this.read(forgetOrphansSql, [orphanedBefore, limit]);
    return ended.length;
  }

  private async read<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    // A SQLite file belongs to one process.
    if (!this.isShared) return [];
    return runAsSystem('read what other processes relay', () =>
      rowsOf<Row>(this.dataSource.manager, sql, parameters),
    );
  }
}
