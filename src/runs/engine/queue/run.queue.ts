import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type ObjectLiteral } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import { PlainEntity } from '../../../persistence/statements/plain.entity.js';
import { isUniqueViolation } from '../../../persistence/unique-violation.js';
import { Run, type CancelAction } from '../../run.entity.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import type { Followers } from '../relay/followers.js';
import { claimSlotSql } from './slot.statements.js';
import { heldBy, type Lease } from './lease.js';
import { claimSql, firstDueSql, nextDueSql, renewSql, takeBackSql } from './queue.statements.js';
import { isPostgres, rowsOf } from './run.sql.js';

/** Each number has a text of its own, which is prepared once. */
const LARGEST_CLAIM = 16;

/** What became of a lease that was renewed. */
export interface RenewedLease extends Followers {
  readonly run_id: string;
  readonly attempt: number;
  /** Somebody wants the run to be cancelled. */
  readonly cancel_action: CancelAction | null;
}

/**
 * The table of runs as a queue: pending runs are claimed one by one, oldest first, and at most one at a time of each thread. A
 * claim is a lease that its worker has to renew.
 */
@Injectable()
export class RunQueue {
  private readonly claims = new Map<number, readonly string[]>();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  /** Runs that one claim may bring. On PostgreSQL other workers may have seats for the next ones; on SQLite there is no other worker. */
  get largestClaim(): number {
    const { concurrencyPerIdentity: limit } = this.options;
    return limit > 0 || isPostgres(this.dataSource) ? 1 : LARGEST_CLAIM;
  }

  /**
   * The next runs that may start now, claimed for this worker, the first one first.
   *
   * @param most not above `largestClaim`. Fewer come where no more may start.
   */
  claim(most: number): Promise<readonly Run[]> {
    return runAsSystem('claim the next runs', () => this.tryClaim(most));
  }

  /** When the first pending run is due, or was. It only reads, where `claim` would keep all other writers of SQLite away. */
  firstDue(): Promise<number | undefined> {
    return this.due(firstDueSql);
  }

  /** When the next pending run is due that is not due yet. */
  nextDue(): Promise<number | undefined> {
    return this.due(nextDueSql, Date.now());
  }

  /** Renews the leases of these runs. A run that is missing from the answer is not this worker's any more. */
  renew(runIds: readonly string[]): Promise<RenewedLease[]> {
    const parameters = [this.leaseEnd(), this.options.workerId, JSON.stringify(runIds)];
    return runAsSystem('renew the leases of running runs', () =>
      rowsOf(this.dataSource.manager, renewSql(isPostgres(this.dataSource)), parameters),
    );
  }

  /** Puts a run back that this worker has not finished, for another one to continue. False when it was not its any more. */
  async release(lease: Lease): Promise<boolean> {
    const { affected } = await runAsSystem('hand a run back', () =>
      this.dataSource.manager.update(
        Run,
        heldBy(lease),
        rowOf<Run>({ status: 'pending', worker_id: null, lease_expires_at: null, updated_at: new Date() }),
      ),
    );
    return affected === 1;
  }

  /** Puts runs back whose lease has expired. @returns how many */
  takeBackExpired(): Promise<number> {
    return this.takeBack('"lease_expires_at" < $1', Date.now());
  }

  /**
   * Puts back the runs that dead workers have left, when a worker starts. A SQLite file belongs to one process, so whoever else
   * holds a run there is dead; elsewhere a lease has to expire first.
   */
  takeBackOrphans(): Promise<number> {
    if (isPostgres(this.dataSource)) return this.takeBackExpired();
    return this.takeBack('"worker_id" <> $1', this.options.workerId);
  }

  /** Whether the run is still there, whoever has it. */
  has(runId: string): Promise<boolean> {
    return runAsSystem('look whether a run is still there', () =>
      this.dataSource.manager.existsBy(Run, { run_id: runId }),
    );
  }

  private due(sql: string, ...parameters: number[]): Promise<number | undefined> {
    return runAsSystem('look when the next run is due', async () => {
      const [row] = await rowsOf<{ due: number | string | null }>(this.dataSource.manager, sql, parameters);
      return row?.due === null || row === undefined ? undefined : Number(row.due);
    });
  }

  private takeBack(condition: string, parameter: number | string): Promise<number> {
    return runAsSystem('take back runs of dead workers', async () => {
      const rows = await rowsOf(this.dataSource.manager, takeBackSql(condition), [parameter]);
      return rows.length;
    });
  }

  /** Two workers may pick two runs of one thread, or one slot of an identity, at once; the second one breaks the rule of the index, and looks again. */
  private async tryClaim(most: number): Promise<readonly Run[]> {
    for (;;) {
      try {
        return await this.claimFirst(most);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
    }
  }

  private async claimFirst(most: number): Promise<readonly Run[]> {
    const { manager } = this.dataSource;
    const parameters = [this.options.workerId, this.leaseEnd(), Date.now()];
    for (const sql of this.claimsOf(most)) {
      const rows = await rowsOf<ObjectLiteral>(manager, sql, parameters);
      if (rows.length > 0) return rows.map((row) => this.runs.read(row) as Run).sort(byTurn);
    }
    return [];
  }

  /** The second one, where there is one, for when the first finds nothing. */
  private claimsOf(most: number): readonly string[] {
    let claims = this.claims.get(most);
    if (!claims) {
      const { concurrencyPerIdentity: limit } = this.options;
      const returned = this.runs.selection;
      const forPostgres = isPostgres(this.dataSource);
      claims =
        limit > 0
          ? claimSlotSql(forPostgres, limit, { returned })
          : [claimSql(forPostgres, { most, returned })];
      this.claims.set(most, claims);
    }
    return claims;
  }

  private get runs(): PlainEntity {
    const entity = PlainEntity.of(this.dataSource.getMetadata(Run));
    if (!entity) throw new TypeError('Runs cannot be claimed: their entity is not plain');
    return entity;
  }

  private leaseEnd(): number {
    return Date.now() + this.options.leaseMs;
  }
}

/** The order of the statement that chose them; it tells of them in any order. */
function byTurn(one: Run, other: Run): number {
  const wait = one.run_after.getTime() - other.run_after.getTime();
  return wait === 0 ? (one.run_id < other.run_id ? -1 : 1) : wait;
}
