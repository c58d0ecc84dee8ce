import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { CheckpointListOptions, CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { DataSource } from 'typeorm';
import type { CheckpointRows } from './checkpoint.rows.js';
import { TypeOrmCheckpointer, type Put, type PutWrites } from './typeorm.checkpointer.js';
import { UnsavedState } from './unsaved.state.js';
import { WriteQueue } from './write.queue.js';

/**
 * What a graph writes is gathered for so long. At its end LangGraph waits for a timer of one millisecond, so that what it wrote
 * last is still waiting then, and can be written together with the end of the run.
 */
const PAUSE_MS = 2;

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
  private readonly queue: WriteQueue;
  private readonly calls = new Set<Promise<unknown>>();

  constructor(
    dataSource: DataSource,
    private readonly options: RunCheckpointerOptions,
  ) {
    super(dataSource);
    this.queue = new WriteQueue((rows) => this.saveNow(rows), { pauseMs: options.waits ? 0 : PAUSE_MS });
  }

  /**
   * Resolves when all that the run wrote is in the database.
   *
   * @throws what a write failed with
   */
  async settled(): Promise<void> {
    await this.callsMade();
    await this.queue.settled();
  }

  /**
   * Resolves when all is in the database but what the run wrote last, which is handed over.
   *
   * @throws what a write failed with
   */
  async remainder(): Promise<UnsavedState> {
    await this.callsMade();
    return new UnsavedState(this.writer, await this.queue.remainder());
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
    // A fault is told by everything that follows, and at the end.
    saved.catch(() => undefined);
  }

  protected override saveWrites(rows: CheckpointRows): Promise<void> {
    return this.saveCheckpoint(rows);
  }

  private async saveNow(rows: CheckpointRows): Promise<void> {
    await this.options.beforeSave?.();
    await this.writer.write(rows);
  }

  private async callsMade(): Promise<void> {
    while (this.calls.size > 0) await Promise.allSettled(this.calls);
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
