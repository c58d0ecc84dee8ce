import { once } from 'node:events';
import { MeasuredProcess, type ProcessOptions } from './server.process.js';

export interface BareGraphOrder {
  readonly threads: readonly { readonly id: string; readonly owner: string }[];
  readonly concurrency: number;
  readonly seconds: number;
}

export interface BareGraphAnswer {
  /** Milliseconds of each run, from its call until all that it wrote is in the database. */
  readonly tookMs: readonly number[];
}

/** The graph without a server, in a process of its own. See `bare-graph.process.ts`. */
export class BareGraph extends MeasuredProcess {
  private constructor(options: ProcessOptions) {
    super({ ...options, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  }

  static async start(options: ProcessOptions): Promise<BareGraph> {
    const graph = new BareGraph(options);
    const ended = once(graph.child, 'exit').then(() => {
      throw new Error(`the bare graph ended before it was up: ${graph.output}`);
    });
    await Promise.race([once(graph.child, 'message'), ended]);
    ended.catch(() => undefined);
    return graph;
  }

  async work(order: BareGraphOrder): Promise<BareGraphAnswer> {
    this.child.send(order);
    const [answer] = (await once(this.child, 'message')) as [BareGraphAnswer];
    return answer;
  }
}
