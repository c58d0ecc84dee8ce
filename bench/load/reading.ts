/** What one side did in one round. */
export interface Reading {
  /** In the unit of the metric. */
  readonly value: number;
  /** Milliseconds of the answers, where the value is made of several. */
  readonly p50?: number;
  readonly p99?: number;
  /** Microseconds of processor time that the server took for each answer, all its threads. */
  readonly cpuMicros?: number;
}

/** By the name of the metric. */
export type Readings = Readonly<Record<string, Reading>>;

/** @param part 0.5 for the median; NaN where there are no values */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
