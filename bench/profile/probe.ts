import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MeasuredProcess } from '../servers/server.process.js';
import type { CpuProfile } from './description.js';

/** What makes a process of Node answer to a `Probe`; it also has to be started with a channel to its parent. */
export const PROBE_OPTIONS: readonly string[] = [
  '--import',
  pathToFileURL(resolve('bench/profile/probe.mjs')).href,
];

export interface Heap {
  /** In bytes. */
  readonly used: number;
  /** Garbage collections so far. */
  readonly collections: number;
}

/** Looks into a process that was started with `PROBE_OPTIONS`. */
export class Probe {
  constructor(private readonly process: MeasuredProcess) {}

  /** The CPU profile of its main thread while `work` goes on. */
  async profile(work: () => Promise<void>): Promise<CpuProfile> {
    await this.ask('start');
    await work();
    return (await this.ask('stop')) as CpuProfile;
  }

  async heap(): Promise<Heap> {
    return (await this.ask('heap')) as Heap;
  }

  private async ask(order: 'start' | 'stop' | 'heap'): Promise<unknown> {
    this.process.child.send(order);
    const [{ answer }] = (await once(this.process.child, 'message')) as [{ answer: unknown }];
    return answer;
  }
}
