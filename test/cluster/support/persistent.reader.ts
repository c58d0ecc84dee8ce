import { setTimeout as sleep } from 'node:timers/promises';
import { wholeEvents } from '../../runs/cluster/support/cluster.js';
import type { ReadEvent } from '../../runs/api/runs.application.js';
import type { Dice } from './dice.js';
import type { ChaosClient } from './chaos.client.js';

const ENDED = ['success', 'error', 'timeout', 'interrupted'];

/** Reads a resumable run to its end, however often the connection is lost, each time from where it was. */
export class PersistentReader {
  readonly events: ReadEvent[] = [];
  /** How often it had to come again. */
  returns = 0;

  constructor(
    private readonly client: ChaosClient,
    private readonly dice: Dice,
    /** Of the run: `/threads/.../runs/...`. */
    readonly path: string,
  ) {}

  async read(first?: Response): Promise<void> {
    if (first) await this.take(first);
    for (;;) {
      // Asked before, so that a stream which ends then has everything.
      const wasOver = ENDED.includes(String((await this.client.insist('GET', this.path)).status));
      const response = await this.client.open('GET', `${this.path}/stream`, undefined, {
        'last-event-id': this.lastId,
      });
      const isWhole = response !== undefined && (await this.take(response));
      if (wasOver && isWhole) return;
      this.returns += 1;
      await sleep(100);
    }
  }

  private get lastId(): string {
    return this.events.at(-1)?.id ?? '-1';
  }

  /** @returns whether the answer came to its end; now and then the reader leaves before. */
  private async take(response: Response): Promise<boolean> {
    const leavesAfter = this.dice.roll() < 0.3 ? this.dice.between(0, 1500) : undefined;
    const { text, isWhole } = await this.client.read(response, leavesAfter);
    // What has no id is told to this connection alone, such as that the server goes away.
    this.events.push(...wholeEvents(text).filter(({ id }) => id !== undefined));
    return isWhole;
  }
}
