import fc, { type RunDetails } from 'fast-check';
import { steps } from '../operations/index.js';
import { parts, type Part } from './cast.js';
import type { FuzzServer } from './fuzz.server.js';
import type { Step } from './operation.js';
import { countStrays } from './remains.js';
import { World, type Tally } from './world.js';

export interface FuzzOptions {
  readonly seed: number;
  /** What comes first ends the fuzz. */
  readonly milliseconds: number;
  readonly requests: number;
  /** How many worlds there are at the same time. */
  readonly width: number;
  /** Plays only what this path leads to: the counterexample of an earlier fuzz. */
  readonly path?: string;
  /** Whether the smallest counterexample is looked for. */
  readonly shrinks: boolean;
}

export interface FuzzReport extends Readonly<Tally> {
  readonly sequences: number;
  readonly milliseconds: number;
  /** Nothing where server and model never differed. */
  readonly finding: Finding | undefined;
  /** Rows that are left although every world is gone. */
  readonly strays: number;
}

export interface Finding {
  /** How long it took to meet it first. */
  readonly milliseconds: number;
  readonly seed: number;
  readonly path: string;
  readonly text: string;
}

const SEQUENCES_A_BATCH = 10;
const SHRINKING_MS = 60_000;

/** Plays drawn sequences in drawn worlds on one application until time or requests are over, or server and model differ. */
export class Fuzzer {
  private readonly tally: Tally = { requests: 0, explanations: 0, statuses: new Map() };
  private sequences = 0;
  private batches = 0;
  private worlds = 0;
  private finding: Finding | undefined;
  private firstFailure: number | undefined;
  private readonly begin = performance.now();

  constructor(
    private readonly server: FuzzServer,
    private readonly options: FuzzOptions,
  ) {}

  async run(): Promise<FuzzReport> {
    const isOver = (): boolean =>
      this.finding !== undefined ||
      this.tally.requests >= this.options.requests ||
      this.elapsed >= this.options.milliseconds;
    const lane = async (): Promise<void> => {
      do await this.batch();
      while (!isOver());
    };
    await Promise.all(Array.from({ length: this.options.width }, lane));
    const strays = this.finding ? 0 : await countStrays(this.server.dataSource);
    const { sequences, finding } = this;
    return { ...this.tally, sequences, finding, strays, milliseconds: this.elapsed };
  }

  /** Each batch has a seed of its own, so that a finding can be had again without all that came before it. */
  private async batch(): Promise<void> {
    const seed = this.options.seed + this.batches++;
    const details = await fc.check(
      fc.asyncProperty(parts, steps, (parts, steps) => this.play(parts, steps)),
      {
        seed,
        numRuns: SEQUENCES_A_BATCH,
        interruptAfterTimeLimit: SHRINKING_MS,
        endOnFailure: !this.options.shrinks,
        ...(this.options.path !== undefined && { path: this.options.path }),
      },
    );
    if (details.failed) this.finding ??= this.findingOf(details, seed);
  }

  private async play(parts: readonly Part[], steps: readonly Step[]): Promise<void> {
    this.sequences += 1;
    try {
      await new World(this.server, parts, `w${++this.worlds}~`, this.tally).play(steps);
    } catch (error) {
      this.firstFailure ??= this.elapsed;
      throw error;
    }
  }

  private get elapsed(): number {
    return performance.now() - this.begin;
  }

  private findingOf({ counterexample, counterexamplePath, errorInstance }: Details, seed: number): Finding {
    const text = describeCase(counterexample ?? [[], []], errorInstance);
    return { milliseconds: this.firstFailure ?? 0, seed, path: counterexamplePath ?? '', text };
  }
}

type Details = RunDetails<[readonly Part[], readonly Step[]]>;

function describeCase([parts, steps]: [readonly Part[], readonly Step[]], error: unknown): string {
  return [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    'principals:',
    ...parts.map((part) => `  ${JSON.stringify(part)}`),
    'requests:',
    ...steps.map(({ actor, operation, details }) => `  ${actor} ${operation} ${JSON.stringify(details)}`),
  ].join('\n');
}
