import { BadRequestException, Injectable } from '@nestjs/common';
import { GraphState } from '../graphs/execution/graph.state.js';
import { Authorizer } from '../on-auth/index.js';
import type { CreateThread } from './dto/create-thread.dto.js';
import { superstepsOf, type SuperstepDto } from './dto/supersteps.dto.js';
import { graphOf, type Thread } from './thread.entity.js';
import { ThreadsService } from './threads.service.js';

/** Creates threads, with the past that a client gives them. */
@Injectable()
export class ThreadCreator {
  constructor(
    private readonly threads: ThreadsService,
    private readonly states: GraphState,
    private readonly authorizer: Authorizer,
  ) {}

  /**
   * @throws ConflictException when the id is taken
   * @throws BadRequestException for supersteps on a thread whose metadata names no graph
   */
  async create(request: CreateThread): Promise<Thread> {
    const { thread_id, metadata, supersteps } = request;
    if (supersteps?.length && graphOf({ metadata }) === undefined)
      throw new BadRequestException(`Thread ${thread_id} has no graph ID`);
    const { thread, isNew } = await this.threads.create(request);
    if (!isNew || !supersteps?.length) return thread;
    try {
      await this.play(thread, supersteps);
    } catch (error) {
      await this.threads.delete(thread_id);
      throw error;
    }
    return this.threads.get(thread_id);
  }

  /** Changing the state is decided for itself. */
  private play({ thread_id, metadata }: Thread, supersteps: readonly SuperstepDto[]): Promise<void> {
    return this.authorizer.within('threads:update', { thread_id }, async () => {
      const reference = { threadId: thread_id, graphId: String(metadata.graph_id) };
      await this.states.applySupersteps(reference, superstepsOf(supersteps));
      await this.threads.keepState(thread_id, await this.states.summary(reference));
    });
  }
}
