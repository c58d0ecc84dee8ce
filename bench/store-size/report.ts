import { loadavg } from 'node:os';
import type { Sample } from './measurement.js';
import { OPERATIONS } from './seeded.store.js';

type Row = readonly [string, ...(string | number)[]];

const HEADINGS: Row = ['', 'rounds', '10,000', 'p90', '1,000,000', 'p90', 'ratio', 'target'];

/** One table: for each database and operation the medians in milliseconds, and their ratio. */
export function report(results: ReadonlyMap<string, readonly Sample[]>, targetRatio: number): string {
  const rows = [...results].flatMap(([database, samples]) =>
    OPERATIONS.map((operation) =>
      row(
        `${database}, ${operation}`,
        samples.filter((sample) => sample.operation === operation),
        targetRatio,
      ),
    ),
  );
  return `
One user's 1,000 items in 10 namespaces, among 10,000 items of 10 users and among 1,000,000 of 1,000: medians, in ms.
PostgreSQL runs without fsync. Load of the machine: ${loadavg()[0].toFixed(1)}.

${[HEADINGS, ...rows].map(line).join('\n')}
`;
}

function row(title: string, samples: readonly Sample[], targetRatio: number): Row {
  const small = samples.map((sample) => sample.small);
  const large = samples.map((sample) => sample.large);
  const ratio = quantile(large, 0.5) / quantile(small, 0.5);
  const numbers = [
    quantile(small, 0.5),
    quantile(small, 0.9),
    quantile(large, 0.5),
    quantile(large, 0.9),
    ratio,
  ];
  const verdict = `<= ${targetRatio}: ${ratio <= targetRatio ? 'met' : 'missed'}`;
  return [title, samples.length, ...numbers.map((value) => value.toFixed(2)), verdict];
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

function line([title, ...cells]: Row): string {
  return title.padEnd(30) + cells.map((cell) => String(cell).padStart(15)).join('');
}
