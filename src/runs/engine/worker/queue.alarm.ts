/** The longest time that a timer of Node can wait; a later moment is set again from there. */
const LONGEST_MS = 2 ** 31 - 1;

/** Rings at the earliest of the moments it was set to, then has to be set again. */
export class QueueAlarm {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;

  constructor(private readonly onDue: () => void) {}

  /** @param at in milliseconds since the epoch */
  set(at: number): void {
    if (at >= this.at) return;
    this.clear();
    this.at = at;
    const delay = Math.min(Math.max(at - Date.now(), 0), LONGEST_MS);
    this.timer = setTimeout(() => this.ring(), delay).unref();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.at = Infinity;
  }

  private ring(): void {
    this.clear();
    this.onDue();
  }
}
