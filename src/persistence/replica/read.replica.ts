import { isNativeError } from 'node:util/types';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { QueryFailedError, type ObjectLiteral, type Repository } from 'typeorm';
import { isConnectionLost } from '../connection-lost.js';
import { DatabaseUnreachableError } from '../database-unreachable.error.js';
import type { ScopedDataSource } from '../scoped-data-source.js';

/** How up to date an answer has to be. */
export interface ReadOptions {
  /**
   * Whether what was written a moment ago may be missing, so that a replica may answer. Never for a decision, for a row that
   * something is done to, or for what the caller has just written.
   */
  readonly mayLag?: boolean;
}

const REST_MS = 5_000;

/** A query was in the way of what the replica had to replay. */
const CONFLICT_WITH_RECOVERY = '40001';
/** The replica has not replayed a migration yet. */
const UNDEFINED_COLUMN = '42703';
const UNDEFINED_TABLE = '42P01';
const NOT_NOW = new Set([CONFLICT_WITH_RECOVERY, UNDEFINED_COLUMN, UNDEFINED_TABLE]);

/**
 * Answers reads that may lag from a replica of the database, where there is one; scoped as every query is. While the replica does
 * not answer, the primary does, and what fails there is asked for again on the primary.
 */
export class ReadReplica implements OnApplicationShutdown {
  private readonly logger = new Logger(ReadReplica.name);
  private replica: ScopedDataSource | undefined;
  private isDown = false;
  private restsUntil = 0;

  /**
   * @param open a data source on the replica that was checked; nothing where there is none
   * @param restMs how long a replica that did not answer is left alone
   */
  constructor(
    private readonly open?: () => Promise<ScopedDataSource>,
    private readonly restMs = REST_MS,
  ) {}

  /**
   * For the boot. A replica that is only down may come back.
   *
   * @throws ReadReplicaError, RowSecurityError for one that is wrong
   */
  async connect(): Promise<void> {
    try {
      this.replica = await this.open?.();
    } catch (error) {
      if (!(error instanceof DatabaseUnreachableError)) throw error;
      this.rest(error);
    }
  }

  /**
   * @param repository of the primary
   * @param read is given a repository of the replica or of the primary, or one after the other. It writes nothing
   * @example replica.read(this.threads, { mayLag: true }, (threads) => threads.count())
   */
  read<Entity extends ObjectLiteral, T>(
    repository: Repository<Entity>,
    { mayLag = false }: ReadOptions,
    read: (repository: Repository<Entity>) => Promise<T>,
  ): Promise<T> {
    return mayLag && this.open ? this.readLagging(repository, read) : read(repository);
  }

  private async readLagging<Entity extends ObjectLiteral, T>(
    repository: Repository<Entity>,
    read: (repository: Repository<Entity>) => Promise<T>,
  ): Promise<T> {
    const replica = await this.available();
    if (!replica) return read(repository);
    try {
      const found = await read(replica.getRepository<Entity>(repository.target));
      this.noteAnswer();
      return found;
    } catch (error) {
      if (isConnectionLost(error)) this.rest(error);
      else if (!isNotNow(error)) throw error;
      return read(repository);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.destroy();
  }

  /** While it is down, one request at a time finds out whether it still is. */
  private async available(): Promise<ScopedDataSource | undefined> {
    if (!this.open) return undefined;
    if (!this.isDown) return this.replica;
    if (performance.now() < this.restsUntil) return undefined;
    this.restsUntil = performance.now() + this.restMs;
    try {
      return (this.replica ??= await this.open());
    } catch (error) {
      this.rest(error);
      return undefined;
    }
  }

  private rest(error: unknown): void {
    this.restsUntil = performance.now() + this.restMs;
    if (this.isDown) return;
    this.isDown = true;
    const reason = error instanceof DatabaseUnreachableError ? error.cause : error;
    const cause = isNativeError(reason) ? reason.message : typeof reason;
    this.logger.warn(`The read replica does not answer, the primary does until it is back: ${cause}`);
  }

  private noteAnswer(): void {
    if (!this.isDown) return;
    this.isDown = false;
    this.logger.log('The read replica answers again');
  }
}

function isNotNow(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return cause instanceof Error && 'code' in cause && NOT_NOW.has(String(cause.code));
}
