import type { BenchCase, Metric, SideName } from '../cases/case.js';
import { median, type Reading } from '../load/reading.js';
import type { Rounds } from './rounds.js';
import { targetOf, type Target } from './targets.js';

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One line of the table: one metric of the service beside the same of one other side. */
export interface Comparison {
  readonly metric: Metric;
  readonly against: SideName;
  readonly ours: Reading;
  readonly theirs: Reading;
  /** Of the rounds. Above 1 the service is better. */
  readonly ratio: Spread;
  /** What the service takes more, in the metric's unit. */
  readonly adds: Spread;
  readonly target?: Target;
  readonly isMet?: boolean;
}

export function comparisonsOf(
  { metrics, sides: [service, ...others] }: BenchCase,
  rounds: Rounds,
  threads: number,
): readonly Comparison[] {
  return metrics.flatMap((metric) =>
    others.flatMap((against) => {
      const ours = readingsOf(metric, rounds, service);
      const theirs = readingsOf(metric, rounds, against);
      return theirs.length === 0 ? [] : compare(metric, against, ours, theirs, threads);
    }),
  );
}

function compare(
  metric: Metric,
  against: SideName,
  ours: readonly Reading[],
  theirs: readonly Reading[],
  threads: number,
): Comparison {
  const ratio = spreadOf(
    ours.map(({ value }, round) =>
      metric.better === 'more' ? value / theirs[round].value : theirs[round].value / value,
    ),
  );
  const adds = spreadOf(ours.map(({ value }, round) => value - theirs[round].value));
  const target = targetOf(metric.title, against, threads);
  const isMet =
    target && (target.kind === 'adds' ? adds.median <= target.atMostMs : ratio.median >= target.atLeast);
  return { metric, against, ours: middle(ours), theirs: middle(theirs), ratio, adds, target, isMet };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

function readingsOf({ key }: Metric, rounds: Rounds, side: SideName): readonly Reading[] {
  return (rounds.get(side) ?? []).flatMap((readings) => readings[key] ?? []);
}

/** The median of each number by itself. */
function middle(readings: readonly Reading[]): Reading {
  const of = (part: 'p50' | 'p99' | 'cpuMicros') => {
    const values = readings.flatMap((reading) => reading[part] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  return {
    value: median(readings.map(({ value }) => value)),
    p50: of('p50'),
    p99: of('p99'),
    cpuMicros: of('cpuMicros'),
  };
}
