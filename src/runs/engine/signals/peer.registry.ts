/** After this long without a word a process counts as gone. Longer than any pause of one that is alive. */
const MEMORY_MS = 30_000;

/** The other processes that have been heard of lately. */
export class PeerRegistry {
  private readonly heardAt = new Map<string, number>();
  private lastHeardAt = -Infinity;

  /** @returns whether it was not known */
  hear(from: string): boolean {
    const now = performance.now();
    const isNew = !this.isRecent(this.heardAt.get(from), now);
    this.heardAt.set(from, now);
    this.lastHeardAt = now;
    if (isNew) this.forgetOld(now);
    return isNew;
  }

  /** Whether there is anybody to talk to. */
  get hasAny(): boolean {
    return this.isRecent(this.lastHeardAt, performance.now());
  }

  private forgetOld(now: number): void {
    for (const [peer, at] of this.heardAt) if (!this.isRecent(at, now)) this.heardAt.delete(peer);
  }

  private isRecent(at: number | undefined, now: number): boolean {
    return at !== undefined && now - at < MEMORY_MS;
  }
}
