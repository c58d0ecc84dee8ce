import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { LiveRun } from '../live.run.js';
import { TextEvent } from './text.event.js';

/** Where an execution puts the events of its run. */
export interface EventRecorder {
  /**
   * Numbers an event and hands it to the readers.
   * @param step of the root's last checkpoint, where it is known
   * @returns a promise where the execution has to wait, because too much is on its way
   * @throws LeaseLostError when the run is another worker's by now
   */
  record(event: GraphEvent, step: number | null): Promise<void> | undefined;

  /**
   * Settles when everything that was recorded is safe from a crash.
   * @throws LeaseLostError when the run is another worker's by now
   */
  flush(): Promise<void>;

  /** The last event is recorded. Settles when readers have been given everything; throws as `flush`. */
  close(): Promise<void>;
}

/** For runs that are not resumable: their events are in memory, and elsewhere only as long as somebody follows them there. */
export class MemoryRecorder implements EventRecorder {
  constructor(
    private readonly live: LiveRun,
    private nextId: number,
  ) {}

  record({ event, data }: GraphEvent): Promise<void> | undefined {
    const json = JSON.stringify(data);
    this.live.log.append([new TextEvent(this.nextId++, event, json)]);
    return this.live.relay?.noted(json.length);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
