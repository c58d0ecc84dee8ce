import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, type Repository } from 'typeorm';
import { CheckpointKeeper } from '../graphs/checkpointer/checkpoint.keeper.js';
import { GraphState } from '../graphs/execution/graph.state.js';
import { ThreadsService } from '../threads/threads.service.js';
import { RunEngine } from './engine/run.engine.js';
import { Run } from './run.entity.js';
import { runNotFound, type RunAddress } from './runs.service.js';

/** Deletes runs, in the scope of a `threads:delete` decision. */
@Injectable()
export class RunRemover {
  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    private readonly engine: RunEngine,
    private readonly checkpoints: CheckpointKeeper,
    private readonly states: GraphState,
    private readonly threads: ThreadsService,
  ) {}

  /**
   * Deletes a run and what it did to the state of its thread.
   *
   * @throws NotFoundException when there is no such run, or none that is visible
   * @throws ConflictException while it is running
   */
  async remove({ run_id, thread_id }: Required<RunAddress>): Promise<void> {
    const run = await this.runs.findOneBy({ run_id, thread_id });
    if (!run) throw runNotFound();
    if (run.status === 'pending') await this.engine.cancel([run_id], 'rollback', { wait: true });
    else await this.removeEnded(run);
  }

  /** Afterwards the thread shows the state that is left. */
  private async removeEnded({ run_id, thread_id, graph_id }: Run): Promise<void> {
    const { affected } = await this.runs.delete({ run_id, status: Not('running') });
    if (affected !== 1) throw new ConflictException('Run is running: cancel it first');
    await this.checkpoints.deleteRun(thread_id, run_id);
    const summary = await this.states.summary({ threadId: thread_id, graphId: graph_id });
    await this.threads.keepState(thread_id, summary);
  }
}
