import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { CheckpointListOptions, CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { DataSource } from 'typeorm';
import type { CheckpointRows } from './checkpoint.rows.js';
import { TypeOrmCheckpointer, type Put, type PutWrites } from './typeorm.checkpointer.js';
import { WriteQueue } from './write.queue.js';

export interface RunCheckpointerOptions {
  /** Whether a checkpoint has to be in the database before the next step of the graph. */
  readonly waits: boolean;
  /** Awaited before each write to the database. */
  readonly beforeSave?: () => Promise<void>;
}

/**
 * The checkpointer of one run. It gathers what the run writes; and when the run has ended, it writes nothing any more: LangGraph
 * lets go of an aborted run before it has finished with it, and a node that does not listen to the signal goes on even longer.
 */
export class RunCheckpointer extends TypeOrmCheckpointer {
  private readonly queue = new WriteQueue(async (rows) => {
    await this.options.beforeSave?.();
    await super.saveWrites(rows);
  });
  private readonly calls = new Set<Promise<unknown>>();

  constructor(
    dataSource: DataSource,
    private readonly options: RunCheckpointerOptions,
  ) {
    super(dataSource);
  }

  /**
   * Resolves when all that the run wrote is in the database.
   *
   * @throws what a write failed with
   */
  async settled(): Promise<void> {
    while (this.calls.size > 0) await Promise.allSettled(this.calls);
    await this.queue.settled();
  }

  /** Lets the writes that are under way, and those that they made wait, come to their end; then takes no more. */
  async close(): Promise<void> {
    do {
      await this.settled().catch(() => undefined);
      await nextTurn();
    } while (this.calls.size > 0);
    this.queue.close();
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    await this.queue.settled();
    return super.getTuple(config);
  }

  override async *list(
    config: RunnableConfig,
    options?: CheckpointListOptions,
  ): AsyncGenerator<CheckpointTuple> {
    await this.queue.settled();
    yield* super.list(config, options);
  }

  override put(...args: Put): Promise<RunnableConfig> {
    return this.called(super.put(...args));
  }

  override putWrites(...args: PutWrites): Promise<void> {
    return this.called(super.putWrites(...args));
  }

  /** LangGraph saves one checkpoint after the other; if each were waited for, none could be gathered with the next. */
  protected override async saveCheckpoint(rows: CheckpointRows): Promise<void> {
    const saved = this.queue.add(rows);
    if (this.options.waits) return saved;
    // A fault is told by everything that follows, and by `settled`.
    saved.catch(() => undefined);
  }

  protected override saveWrites(rows: CheckpointRows): Promise<void> {
    return this.queue.add(rows);
  }

  private async called<T>(call: Promise<T>): Promise<T> {
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }
}
