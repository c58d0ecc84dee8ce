import { QueryFailedError, type QueryResult, type QueryRunner } from 'typeorm';
import { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';
import { BroadcasterResult } from 'typeorm/subscriber/BroadcasterResult.js';
import { Sqlite3Error } from './sqlite3.errors.js';

export interface ObservedQuery {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** Tells TypeORM's logger and subscribers about each query of one runner, as TypeORM's own runners do. */
export class QueryObserver {
  constructor(
    private readonly runner: QueryRunner,
    private readonly broadcaster: Broadcaster,
  ) {}

  begins({ sql, parameters }: ObservedQuery): Promise<unknown> | undefined {
    const { logger, subscribers } = this.runner.dataSource;
    logger.logQuery(sql, parameters, this.runner);
    return subscribers.length > 0 ? this.broadcaster.broadcast('BeforeQuery', sql, parameters) : undefined;
  }

  succeeded(
    { sql, parameters }: ObservedQuery,
    tookMs: number,
    result: QueryResult,
  ): Promise<unknown> | undefined {
    const { logger, options, subscribers } = this.runner.dataSource;
    const slowMs = options.maxQueryExecutionTime;
    if (slowMs && tookMs > slowMs) logger.logQuerySlow(tookMs, sql, parameters, this.runner);
    if (subscribers.length === 0) return undefined;
    const answers = new BroadcasterResult();
    this.broadcaster.broadcastAfterQueryEvent(answers, sql, parameters, true, tookMs, result.raw, undefined);
    return answers.wait();
  }

  /** @returns what the caller gets to see: a QueryFailedError around a `Sqlite3Error`, other errors as they are */
  async failed({ sql, parameters }: ObservedQuery, error: unknown): Promise<unknown> {
    const { logger } = this.runner.dataSource;
    logger.logQueryError(error instanceof Error ? error : String(error), sql, parameters, this.runner);
    const answers = new BroadcasterResult();
    this.broadcaster.broadcastAfterQueryEvent(answers, sql, parameters, false, undefined, undefined, error);
    await answers.wait();
    return error instanceof Sqlite3Error ? new QueryFailedError(sql, parameters, error) : error;
  }
}
