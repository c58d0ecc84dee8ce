import { loadavg } from 'node:os';
import type { Sample } from './measurement.js';

type Row = readonly [string, ...(string | number)[]];

const HEADINGS: Row = ['', 'rounds', 'wait', 'in process', 'adds', 'p10', 'p90', 'ratio', 'target'];

/** One table: for each database, and each form of the checkpointer, the medians in milliseconds. */
export function report(results: ReadonlyMap<string, readonly Sample[]>, targetMs: number): string {
  const rows = [...results].flatMap(([database, samples]) => [
    row(`${database}, checkpointer of a run`, samples, 'gathering', targetMs),
    row(`${database}, plain checkpointer`, samples, 'plain', targetMs),
  ]);
  const table = [HEADINGS, ...rows].map(line).join('\n');
  return `
An echo through POST /threads/{id}/runs/wait, and the same graph in process: medians, in ms.
"adds" is the median of the differences within a round; p10 and p90 are their 10th and 90th percentile.
PostgreSQL runs without fsync. Load of the machine: ${loadavg()[0].toFixed(1)}.

${table}
`;
}

function row(title: string, samples: readonly Sample[], base: 'gathering' | 'plain', targetMs: number): Row {
  const differences = samples.map((sample) => sample.wait - sample[base]);
  const wait = quantile(
    samples.map((sample) => sample.wait),
    0.5,
  );
  const inProcess = quantile(
    samples.map((sample) => sample[base]),
    0.5,
  );
  const adds = quantile(differences, 0.5);
  const numbers = [
    wait,
    inProcess,
    adds,
    quantile(differences, 0.1),
    quantile(differences, 0.9),
    wait / inProcess,
  ];
  const verdict = adds <= targetMs ? `<= ${targetMs}: met` : `<= ${targetMs}: missed`;
  return [title, samples.length, ...numbers.map((value) => value.toFixed(2)), verdict];
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

function line([title, ...cells]: Row): string {
  return title.padEnd(36) + cells.map((cell) => String(cell).padStart(13)).join('');
}
