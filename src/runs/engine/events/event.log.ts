import type { RunEvent } from '../run.engine.js';
import { Bell } from './bell.js';

/** Characters of JSON that are kept of one live run. A reader that is further behind has to look elsewhere, or gives up. */
const CAPACITY = 16_000_000;
/** What an event takes besides its text. */
const OVERHEAD = 200;

/**
 * The events of a live run in memory, for any number of readers, each with a place of its own. Nobody waits for a slow reader:
 * when the log is full, the oldest events are dropped.
 */
export class EventLog {
  private readonly bell = new Bell();
  private events: RunEvent[] = [];
  private size = 0;
  /** The first id that is, or will be, held here. */
  private firstId = 0;
  private start = 0;
  private closed = false;

  constructor(private readonly capacity = CAPACITY) {}

  /** The id of the oldest event that is, or will be, held here. */
  get oldestId(): number {
    return this.firstId;
  }

  /** The id after the newest event. */
  get nextId(): number {
    return (this.events.at(-1)?.id ?? this.firstId - 1) + 1;
  }

  /** The id at which the log was started. */
  get startId(): number {
    return this.start;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The log goes on at this id: what came before is not held here. */
  startAt(id: number): void {
    this.events = [];
    this.size = 0;
    this.firstId = id;
    this.start = id;
    this.bell.ring();
  }

  /** Events up to this id are gone for good, and not held here: readers who need them have lost them. */
  loseUntil(id: number): void {
    this.events = [];
    this.size = 0;
    this.firstId = id;
    this.bell.ring();
  }

  /** Their ids go up; an attempt that begins elsewhere may leave a gap. */
  append(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.size += sizeOf(event);
    }
    this.makeRoom();
    this.bell.ring();
  }

  /** No more events come. Readers get what is left, then end. */
  close(): void {
    this.closed = true;
    this.bell.ring();
  }

  /** The events with this id and higher that are there already; `undefined` where some of them are not held here. */
  from(id: number): readonly RunEvent[] | undefined {
    if (id < this.firstId) return undefined;
    return this.events.slice(this.indexOf(id));
  }

  /** Settles at the next change, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.bell.heard(signal);
  }

  /** Where the event with this id is, or the next one. Without gaps the ids tell, and most often there are none. */
  private indexOf(id: number): number {
    const [oldest] = this.events;
    if (!oldest) return 0;
    const expected = id - oldest.id;
    const isThere = expected === 0 || (this.events[expected - 1]?.id ?? NaN) === id - 1;
    if (isThere) return expected;
    const found = this.events.findIndex((event) => event.id >= id);
    return found < 0 ? this.events.length : found;
  }

  /** Drops a good part at once, so that it is not done at every event from then on. The newest event always stays. */
  private makeRoom(): void {
    if (this.size <= this.capacity) return;
    let kept = 0;
    let from = this.events.length;
    for (const event of this.events.toReversed()) {
      kept += sizeOf(event);
      if (kept > this.capacity / 2 && from < this.events.length) break;
      from -= 1;
    }
    this.events = this.events.slice(from);
    this.size = this.events.reduce((size, event) => size + sizeOf(event), 0);
    this.firstId = this.events[0]?.id ?? this.firstId;
  }
}

function sizeOf({ json }: RunEvent): number {
  return json.length + OVERHEAD;
}
