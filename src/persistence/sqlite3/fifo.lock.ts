/** Gives the lock back. Calling it again does nothing. */
export type Release = () => void;

interface Waiter {
  readonly grant: (release: Release) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

export interface LockPatience {
  readonly timeoutMs: number;
  /** The error for a caller whose time is over. `heldMs`: how long the present holder has had the lock. */
  readonly onTimeout: (heldMs: number) => Error;
}

/** One holder at a time; the others get it in the order in which they asked. */
export class FifoLock {
  private readonly waiting: Waiter[] = [];
  private held = false;
  private heldSince = 0;

  /** Callers that hold the lock or wait for it. */
  get load(): number {
    return this.held ? this.waiting.length + 1 : 0;
  }

  /** At once, or not at all. */
  tryAcquire(): Release | undefined {
    return this.held ? undefined : this.hold();
  }

  /** @throws what `patience.onTimeout` makes; without patience it waits for as long as it takes. */
  acquire(patience?: LockPatience): Promise<Release> {
    if (!this.held) return Promise.resolve(this.hold());
    return new Promise((grant, reject) => {
      const timer = patience && setTimeout(() => reject(this.giveUp(waiter, patience)), patience.timeoutMs);
      const waiter: Waiter = { grant, timer };
      this.waiting.push(waiter);
    });
  }

  private hold(): Release {
    this.held = true;
    this.heldSince = performance.now();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.handOver();
    };
  }

  private handOver(): void {
    const next = this.waiting.shift();
    if (!next) {
      this.held = false;
      return;
    }
    clearTimeout(next.timer);
    next.grant(this.hold());
  }

  private giveUp(waiter: Waiter, patience: LockPatience): Error {
    this.waiting.splice(this.waiting.indexOf(waiter), 1);
    return patience.onTimeout(performance.now() - this.heldSince);
  }
}
