import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { EventLog } from './event.log.js';
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

/** For runs that are not resumable: their events are never anywhere but in memory. */
export class MemoryRecorder implements EventRecorder {
  constructor(private readonly log: EventLog) {}

  record({ event, data }: GraphEvent): undefined {
    this.log.append([new TextEvent(this.log.nextId, event, JSON.stringify(data))]);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
