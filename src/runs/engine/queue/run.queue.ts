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

/** What became of a lease that was renewed. */
export interface RenewedLease extends Followers {
  readonly run_id: string;
  readonly attempt: number;
  /** Somebody wants the run to be cancelled. */
  readonly cancel_action: CancelAction | null;
}

/** The statements that claim a run and tell all of it. The second one, where there is one, is for when the first finds nothing. */
interface Claims {
  readonly entity: PlainEntity;
  readonly statements: readonly string[];
}

/**
 * The table of runs as a queue: pending runs are claimed one by one, oldest first, and at most one at a time of each thread. A
 * claim is a lease that its worker has to renew.
 */
@Injectable()
export class RunQueue {
  /** Known when the first one is claimed: before, the data source may have no entities yet. */
  private claims: Claims | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  /** The next run that may start now, claimed for this worker; undefined when there is none. */
  claim(): Promise<Run | undefined> {
    return runAsSystem('claim the next run', () => this.tryClaim());
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
  private async tryClaim(): Promise<Run | undefined> {
    for (;;) {
      try {
        return await this.claimFirst();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
    }
  }

  private async claimFirst(): Promise<Run | undefined> {
    const { entity, statements } = (this.claims ??= this.writeClaims());
    const parameters = [this.options.workerId, this.leaseEnd(), Date.now()];
    for (const sql of statements) {
      const [row] = await rowsOf<ObjectLiteral>(this.dataSource.manager, sql, parameters);
      if (row) return entity.read(row) as Run;
    }
    return undefined;
  }

  private writeClaims(): Claims {
    const entity = PlainEntity.of(this.dataSource.getMetadata(Run));
    if (!entity) throw new TypeError('Runs cannot be claimed: their entity is not plain');
    const { concurrencyPerIdentity: limit } = this.options;
    const forPostgres = isPostgres(this.dataSource);
    const statements =
      limit > 0
        ? claimSlotSql(forPostgres, limit, entity.selection)
        : [claimSql(forPostgres, entity.selection)];
    return { entity, statements };
  }

  private leaseEnd(): number {
    return Date.now() + this.options.leaseMs;
  }
}
