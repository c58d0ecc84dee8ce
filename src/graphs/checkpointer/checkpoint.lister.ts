import type { CheckpointListOptions } from '@langchain/langgraph-checkpoint';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { whereContains } from '../../persistence/containment/containment.query.js';
import { parseCheckpointConfig, type CheckpointConfig } from './checkpoint.config.js';
import { Checkpoint } from './checkpoint.entity.js';

const PAGE = 50;

/** Finds checkpoints, newest first, a page at a time. */
export class CheckpointLister {
  private readonly limit: number;
  private readonly before: string | undefined;
  private readonly filter: object;

  constructor(
    private readonly manager: EntityManager,
    private readonly config: CheckpointConfig,
    { limit, before, filter = {} }: CheckpointListOptions,
  ) {
    this.limit = limit ?? Infinity;
    this.before = before && parseCheckpointConfig(before).checkpoint_id;
    this.filter = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  }

  async *rows(): AsyncGenerator<Checkpoint> {
    let last: Checkpoint | undefined;
    for (let left = this.limit; left > 0; left -= PAGE) {
      const size = Math.min(left, PAGE);
      const page = await this.page(size, last);
      yield* page;
      if (page.length < size) return;
      last = page.at(-1);
    }
  }

  private page(size: number, last: Checkpoint | undefined): Promise<Checkpoint[]> {
    const { thread_id, checkpoint_ns, checkpoint_id } = this.config;
    const query = this.manager
      .createQueryBuilder(Checkpoint, 'saved')
      .orderBy('saved.checkpoint_id', 'DESC')
      .addOrderBy('saved.thread_id', 'DESC')
      .addOrderBy('saved.checkpoint_ns', 'DESC')
      .limit(size);
    if (thread_id !== undefined) query.andWhere('saved.thread_id = :thread_id', { thread_id });
    if (checkpoint_ns !== undefined)
      query.andWhere('saved.checkpoint_ns = :checkpoint_ns', { checkpoint_ns });
    if (checkpoint_id !== undefined)
      query.andWhere('saved.checkpoint_id = :checkpoint_id', { checkpoint_id });
    if (this.before !== undefined) query.andWhere('saved.checkpoint_id < :before', { before: this.before });
    if (last) after(query, last);
    return whereContains(query, 'metadata', this.filter).getMany();
  }
}

function after(
  query: SelectQueryBuilder<Checkpoint>,
  { checkpoint_id, thread_id, checkpoint_ns }: Checkpoint,
): void {
  query.andWhere(
    '(saved.checkpoint_id, saved.thread_id, saved.checkpoint_ns) < (:last_id, :last_thread, :last_ns)',
    { last_id: checkpoint_id, last_thread: thread_id, last_ns: checkpoint_ns },
  );
}
