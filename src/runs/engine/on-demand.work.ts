/** Work that is done whenever it is asked for, and never twice at the same time: what is asked for meanwhile is done once, afterwards. */
export class OnDemandWork {
  private wanted = false;
  private doing: Promise<void> | undefined;

  /** @param work never rejects */
  constructor(private readonly work: () => Promise<void>) {}

  /** Settles when everything that was asked for so far is done. */
  ask(): Promise<void> {
    this.wanted = true;
    return (this.doing ??= this.doAll());
  }

  private async doAll(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      await this.work();
    }
    this.doing = undefined;
  }
}
