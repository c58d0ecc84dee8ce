import { BadRequestException, ConflictException, Injectable } from '@nestjs/common';
import { GraphState } from '../graphs/execution/graph.state.js';
import {
  EMPTY_THREAD_STATE,
  type CheckpointAddress,
  type ThreadState,
} from '../graphs/execution/thread.state.js';
import { Authorizer } from '../on-auth/index.js';
import { checkpointOf, type CheckpointDto } from './dto/checkpoint.dto.js';
import type {
  ReadHistory,
  ReadState,
  ReadStateAt,
  SearchHistory,
  UpdateState,
} from './dto/thread-state.dto.js';
import { graphOf, type Thread } from './thread.entity.js';
import { ThreadChangedError, ThreadsService } from './threads.service.js';

/** How often a change of state is tried again when another one, or a run, got in between. */
const UPDATE_ATTEMPTS = 10;

/** The state that a thread's graph left in its checkpoints. Every method answers 404 for a thread that is not visible. */
@Injectable()
export class ThreadStateService {
  constructor(
    private readonly threads: ThreadsService,
    private readonly states: GraphState,
    private readonly authorizer: Authorizer,
  ) {}

  read({ thread_id, checkpoint_id, subgraphs }: ReadState): Promise<ThreadState> {
    return this.stateAt(thread_id, subgraphs, checkpoint_id === undefined ? undefined : { checkpoint_id });
  }

  readAt({ thread_id, checkpoint, subgraphs }: ReadStateAt): Promise<ThreadState> {
    return this.stateAt(thread_id, subgraphs, checkpointOf(checkpoint));
  }

  async history(request: ReadHistory | SearchHistory): Promise<readonly ThreadState[]> {
    const thread = await this.threads.get(request.thread_id);
    const graphId = graphOf(thread);
    if (graphId === undefined) return [];
    const { limit, before, metadata, checkpoint } = request as SearchHistory;
    return this.states.getHistory(
      { threadId: thread.thread_id, graphId },
      { limit, before: checkpointOf(before), metadata, checkpoint: checkpointOf(checkpoint) },
    );
  }

  /**
   * Adds a checkpoint as if a node had returned the values. The thread has to be readable as well.
   *
   * @throws ConflictException while a run is pending or running
   * @throws BadRequestException for a thread that no graph belongs to yet
   */
  async update(request: UpdateState): Promise<{ checkpoint: CheckpointAddress }> {
    const { thread_id } = request;
    await this.authorizer.within('threads:read', { thread_id }, () => this.threads.get(thread_id));
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
      const thread = await this.threads.get(thread_id);
      if (thread.status === 'busy') break;
      const address = await this.tryUpdate(thread, request);
      if (address) return { checkpoint: address };
    }
    throw new ConflictException('Thread is busy');
  }

  /** The checkpoint is saved only on the thread as it was read. @returns nothing when something got in between */
  private async tryUpdate(
    thread: Thread,
    { values, as_node, checkpoint, checkpoint_id }: UpdateState,
  ): Promise<CheckpointAddress | undefined> {
    const { thread_id: threadId } = thread;
    const reference = { threadId, graphId: this.requireGraph(thread) };
    const at = checkpointOf(checkpoint) ?? (checkpoint_id === undefined ? undefined : { checkpoint_id });
    try {
      const address = await this.states.updateState(
        reference,
        { values, asNode: as_node, checkpoint: at },
        (manager) => this.threads.takeUnchanged(manager, thread),
      );
      await this.threads.keepState(threadId, await this.states.summary(reference));
      return address;
    } catch (error) {
      if (error instanceof ThreadChangedError) return undefined;
      throw error;
    }
  }

  private async stateAt(
    threadId: string,
    subgraphs: boolean,
    checkpoint?: CheckpointDto,
  ): Promise<ThreadState> {
    const thread = await this.threads.get(threadId);
    const graphId = graphOf(thread);
    if (graphId === undefined) return EMPTY_THREAD_STATE;
    return this.states.getState({ threadId, graphId }, { checkpoint, subgraphs });
  }

  private requireGraph(thread: Thread): string {
    const graphId = graphOf(thread);
    if (graphId === undefined) throw new BadRequestException(`Thread ${thread.thread_id} has no graph ID`);
    return graphId;
  }
}
