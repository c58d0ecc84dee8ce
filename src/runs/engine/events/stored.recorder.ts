import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { Lease } from '../queue/lease.js';
import type { EventLog } from './event.log.js';
import type { EventRecorder } from './event.recorder.js';
import type { NewEvent, RunEventStore } from './run-event.store.js';
import { TextEvent } from './text.event.js';

/** Characters of JSON that may be on their way to the database before the run has to wait. */
const MAX_UNWRITTEN = 4_000_000;
/** Events in one INSERT. */
const BATCH = 500;

/**
 * For resumable runs: readers get an event once it is stored, so whatever they have seen is there after a crash, under the same
 * id. While one batch is written the next one gathers, so that a fast run costs few statements and a slow one little delay.
 */
export class StoredRecorder implements EventRecorder {
  private unwritten: NewEvent[] = [];
  private size = 0;
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly lease: Lease,
    private readonly store: RunEventStore,
    private readonly log: EventLog,
    private nextId: number,
  ) {}

  record({ event, data }: GraphEvent, step: number | null): Promise<void> | undefined {
    this.throwFailure();
    const json = JSON.stringify(data);
    this.unwritten.push({ id: this.nextId++, step, event, json });
    this.size += json.length;
    this.writing ??= this.write();
    return this.size > MAX_UNWRITTEN ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    await this.writing;
    this.throwFailure();
  }

  close(): Promise<void> {
    return this.flush();
  }

  /** Never rejects: nobody may be waiting for it. */
  private async write(): Promise<void> {
    try {
      while (this.unwritten.length > 0) await this.writeBatch(this.unwritten.splice(0, BATCH));
    } catch (error) {
      this.failure =
        error instanceof Error ? error : new Error('The events could not be stored', { cause: error });
    } finally {
      this.writing = undefined;
    }
  }

  private async writeBatch(batch: readonly NewEvent[]): Promise<void> {
    await this.store.append(this.lease, batch);
    this.size -= batch.reduce((size, { json }) => size + json.length, 0);
    this.log.append(batch.map(({ id, event, json }) => new TextEvent(id, event, json)));
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure;
  }
}
