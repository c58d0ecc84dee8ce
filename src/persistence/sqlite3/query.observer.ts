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

  /** @throws QueryFailedError around a `Sqlite3Error`; other errors of `run` as they are */
  async observe(query: ObservedQuery, run: () => Promise<QueryResult>): Promise<QueryResult> {
    const { sql, parameters } = query;
    const { logger, subscribers } = this.runner.dataSource;
    logger.logQuery(sql, parameters, this.runner);
    if (subscribers.length > 0) await this.broadcaster.broadcast('BeforeQuery', sql, parameters);
    const startedAt = Date.now();
    let result: QueryResult;
    try {
      result = await run();
    } catch (error) {
      await this.failed(query, error);
      throw error instanceof Sqlite3Error ? new QueryFailedError(sql, parameters, error) : error;
    }
    await this.succeeded(query, Date.now() - startedAt, result);
    return result;
  }

  private async succeeded(
    { sql, parameters }: ObservedQuery,
    tookMs: number,
    result: QueryResult,
  ): Promise<void> {
    const { logger, options, subscribers } = this.runner.dataSource;
    const slowMs = options.maxQueryExecutionTime;
    if (slowMs && tookMs > slowMs) logger.logQuerySlow(tookMs, sql, parameters, this.runner);
    if (subscribers.length === 0) return;
    const answers = new BroadcasterResult();
    this.broadcaster.broadcastAfterQueryEvent(answers, sql, parameters, true, tookMs, result.raw, undefined);
    await answers.wait();
  }

  private async failed({ sql, parameters }: ObservedQuery, error: unknown): Promise<void> {
    const { logger } = this.runner.dataSource;
    logger.logQueryError(error instanceof Error ? error : String(error), sql, parameters, this.runner);
    const answers = new BroadcasterResult();
    this.broadcaster.broadcastAfterQueryEvent(answers, sql, parameters, false, undefined, undefined, error);
    await answers.wait();
  }
}
