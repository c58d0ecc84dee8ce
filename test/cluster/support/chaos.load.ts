import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosClient } from './chaos.client.js';
import type { Dice } from './dice.js';
import { PersistentReader } from './persistent.reader.js';

/** A resumable run that was read to its end. */
export interface ReadRun {
  readonly name: string;
  readonly reader: PersistentReader;
}

/** What one user does, again and again, until it is over. Names of runs tell them apart. */
export class ChaosLoad {
  readonly readRuns: ReadRun[] = [];
  private names = 0;

  constructor(
    private readonly user: string,
    private readonly client: ChaosClient,
    private readonly dice: Dice,
  ) {}

  async goOn(isOver: () => boolean): Promise<void> {
    // Shared by what only ever queues, so that runs wait for each other.
    const thread = await this.newThread();
    const deeds = [
      () => this.client.ask('POST', `/threads/${thread}/runs/wait`, this.run()),
      () => this.stream(`/threads/${thread}/runs/stream`),
      () => this.readToTheEnd(thread),
      () => this.readToTheEnd(thread),
      () => this.client.ask('POST', '/runs/wait', this.run()),
      () => this.stream('/runs/stream'),
      () => this.interfere(),
      () => this.cancel(),
      () => this.question(),
    ];
    while (!isOver()) {
      await this.dice.oneOf(deeds)();
      await sleep(50);
    }
  }

  private async newThread(): Promise<string> {
    return String((await this.client.insist('POST', '/threads', {})).thread_id);
  }

  private run(more: object = {}): { input: { name: string; ms: number } } {
    const name = `${this.user}-${(this.names += 1)}`;
    const input = { name, ms: Math.round(this.dice.between(2, 60)) };
    return { ...{ assistant_id: 'diary', multitask_strategy: 'enqueue' }, input, ...more };
  }

  private async stream(path: string): Promise<void> {
    const response = await this.client.open('POST', path, this.run({ stream_mode: ['values', 'custom'] }));
    if (response) await this.client.read(response);
  }

  private async readToTheEnd(thread: string): Promise<void> {
    const body = this.run({ stream_mode: ['updates', 'custom'], stream_resumable: true });
    const response = await this.client.open('POST', `/threads/${thread}/runs/stream`, body);
    const path = response?.headers.get('content-location');
    if (!response || !path) return;
    const reader = new PersistentReader(this.client, this.dice, path);
    await reader.read(response);
    this.readRuns.push({ name: body.input.name, reader });
  }

  /** A second run on a thread that is busy. */
  private async interfere(): Promise<void> {
    const path = `/threads/${await this.newThread()}/runs`;
    await this.client.ask('POST', path, this.run());
    await sleep(this.dice.between(0, 800));
    const strategy = this.dice.oneOf(['interrupt', 'rollback', 'reject', 'enqueue']);
    await this.client.ask('POST', `${path}/wait`, this.run({ multitask_strategy: strategy }));
  }

  private async cancel(): Promise<void> {
    const path = `/threads/${await this.newThread()}/runs`;
    const run = await this.client.ask('POST', path, this.run());
    await sleep(this.dice.between(0, 1500));
    const action = this.dice.oneOf(['interrupt', 'rollback']);
    const wait = this.dice.oneOf(['0', '1']);
    if (run)
      await this.client.ask('POST', `${path}/${String(run.run_id)}/cancel?action=${action}&wait=${wait}`);
  }

  private async question(): Promise<void> {
    const path = `/threads/${await this.newThread()}/runs/wait`;
    await this.client.ask('POST', path, this.run({ assistant_id: 'question' }));
    await this.client.ask('POST', path, this.run({ assistant_id: 'question', command: { resume: 'yes' } }));
  }
}
