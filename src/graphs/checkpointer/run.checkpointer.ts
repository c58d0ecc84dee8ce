import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunnableConfig } from '@langchain/core/runnables';
import { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import type {
  CheckpointListOptions,
  CheckpointTuple,
  DeltaChannelHistory,
} from '@langchain/langgraph-checkpoint';

type Put = Parameters<BaseCheckpointSaver['put']>;
type PutWrites = Parameters<BaseCheckpointSaver['putWrites']>;

/**
 * The checkpointer as one run sees it. An aborted run ends before LangGraph has finished with it, and a node that does not
 * listen to the signal goes on even longer; here a run can be closed, and then writes nothing any more.
 */
export class RunCheckpointer extends BaseCheckpointSaver {
  private readonly pending = new Set<Promise<unknown>>();
  private isClosed = false;

  constructor(private readonly inner: BaseCheckpointSaver) {
    super(inner.serde);
  }

  /** Lets the writes that were under way, and those that they had made wait, come to their end. */
  async close(): Promise<void> {
    do {
      await Promise.allSettled(this.pending);
      await nextTurn();
    } while (this.pending.size > 0);
    this.isClosed = true;
  }

  override getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    return this.inner.getTuple(config);
  }

  override list(config: RunnableConfig, options?: CheckpointListOptions): AsyncGenerator<CheckpointTuple> {
    return this.inner.list(config, options);
  }

  override put(...args: Put): Promise<RunnableConfig> {
    return this.tracked(() => this.inner.put(...args));
  }

  override putWrites(...args: PutWrites): Promise<void> {
    return this.tracked(() => this.inner.putWrites(...args));
  }

  override deleteThread(threadId: string): Promise<void> {
    return this.tracked(() => this.inner.deleteThread(threadId));
  }

  override getDeltaChannelHistory(options: {
    config: RunnableConfig;
    channels: string[];
  }): Promise<Record<string, DeltaChannelHistory>> {
    return this.inner.getDeltaChannelHistory(options);
  }

  override getNextVersion(current: number | undefined): number {
    return this.inner.getNextVersion(current);
  }

  private async tracked<T>(write: () => Promise<T>): Promise<T> {
    if (this.isClosed) throw new RunEndedError('The run has ended: nothing is written for it any more');
    const writing = write();
    this.pending.add(writing);
    try {
      return await writing;
    } finally {
      this.pending.delete(writing);
    }
  }
}

/** A node of a run that has ended tried to write. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}
