import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThanOrEqual, type Repository } from 'typeorm';
import type { ServerSentEvent } from '../http/sse.writer.js';
import { ThreadStateService } from '../threads/thread-state.service.js';
import type { StreamThread, ThreadStreamPlace, ThreadStreamStart } from './dto/stream-thread.dto.js';
import { ThreadFollowers } from './engine/relay/thread.followers.js';
import { RunEngine } from './engine/run.engine.js';
import { Run } from './run.entity.js';

type PlacedRun = Pick<Run, 'run_id' | 'position' | 'status' | 'resumable'>;

/**
 * Everything that happens on a thread, run after run (contract 3.3): the events of its runs, when they begin and end, and the
 * state that they leave. Ids are `<position of the run>-<events of it so far>`, so a reader goes on where it was.
 */
@Injectable()
export class ThreadStream {
  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    private readonly engine: RunEngine,
    private readonly followers: ThreadFollowers,
    private readonly states: ThreadStateService,
  ) {}

  /** Ends only with the signal. In the scope of whoever iterates; a thread that goes out of it has no more runs. */
  async *events(request: StreamThread, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    const bell = await this.followers.follow(request.thread_id, signal);
    let place = await this.beginning(request.thread_id, request.start);
    while (!signal.aborted) {
      const rung = bell.heard(signal);
      const run = await this.runFrom(request.thread_id, place);
      if (run) {
        yield* this.eventsOf(run, place.run === run.position ? place.seen : 0, request, signal);
        place = { run: run.position, seen: Infinity };
      } else {
        await rung;
      }
    }
  }

  private async *eventsOf(
    run: PlacedRun,
    seen: number,
    { thread_id, modes }: StreamThread,
    signal: AbortSignal,
  ): AsyncIterable<ServerSentEvent> {
    const { run_id, position } = run;
    let begun = seen > 0;
    for await (const { id, event, json } of this.engine.events(run_id, {
      after: seen - 1,
      recent: true,
      signal,
    })) {
      const place = `${position}-${id + 1}`;
      if (!begun && modes.has('lifecycle')) yield lifecycle({ run_id, status: 'running' }, `${position}-0`);
      begun = true;
      if (modes.has('run_modes')) yield { event, json, id: place };
    }
    if (signal.aborted) return;
    const status = (await this.runs.findOne({ where: { run_id }, select: { run_id: true, status: true } }))
      ?.status;
    const end = `${position}-end`;
    if (modes.has('lifecycle')) yield lifecycle({ run_id, status: status ?? 'deleted' }, end);
    if (modes.has('state_update')) yield await this.stateUpdate(thread_id, end);
  }

  private async stateUpdate(thread_id: string, id: string): Promise<ServerSentEvent> {
    const state = await this.states.read({ thread_id, subgraphs: false });
    return { event: 'state_update', json: JSON.stringify(state), id };
  }

  /** From now on means: with the first run that has not ended, or the next one. */
  private async beginning(thread_id: string, start: ThreadStreamStart): Promise<ThreadStreamPlace> {
    if (start !== 'now') return start;
    const [open] = await this.runs.find({
      where: [
        { thread_id, status: 'running' },
        { thread_id, status: 'pending' },
      ],
      order: { position: 'ASC' },
      take: 1,
    });
    if (open) return { run: open.position, seen: 0 };
    const last = await this.runs.findOne({ where: { thread_id }, order: { position: 'DESC' } });
    return { run: last?.position ?? -1, seen: Infinity };
  }

  private runFrom(thread_id: string, { run, seen }: ThreadStreamPlace): Promise<PlacedRun | null> {
    const position = MoreThanOrEqual(seen === Infinity ? run + 1 : run);
    return this.runs.findOne({ where: { thread_id, position }, order: { position: 'ASC' } });
  }
}

function lifecycle(data: { readonly run_id: string; readonly status: string }, id: string): ServerSentEvent {
  return { event: 'lifecycle', json: JSON.stringify(data), id };
}
