import { loadavg } from 'node:os';
import type { Comparison, Spread } from './comparison.js';
import type { Target } from './targets.js';

/** What was compared, and where. */
export interface Result {
  readonly database: string;
  readonly threads: number;
  readonly comparisons: readonly Comparison[];
}

type Row = readonly string[];

const HEADINGS: Row = [
  'database',
  'threads',
  'case',
  'service',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'against',
  'theirs',
  'CPU µs',
  'ratio',
  'rounds',
  'target',
  '',
];

/** One result as a line for those who wait for the others. */
export function progress({ database, threads, comparisons }: Result): string {
  const lines = comparisons.map((comparison) =>
    [database, thousands(threads), ...cellsOf(comparison)].join(' | '),
  );
  return `${lines.join('\n')}\n`;
}

/** One table of everything. The ratio is above 1 where the service is better: more requests, fewer milliseconds, less memory. */
export function report(results: readonly Result[]): string {
  const rows = results.flatMap(({ database, threads, comparisons }) =>
    comparisons.map((comparison) => [database, thousands(threads), ...cellsOf(comparison)]),
  );
  const judged = results.flatMap(({ comparisons }) => comparisons).filter(({ isMet }) => isMet !== undefined);
  const met = judged.filter(({ isMet }) => isMet).length;
  return `
${table([HEADINGS, ...rows])}

${met} of ${judged.length} targets met. Numbers are medians of the rounds; a ratio is the median of the ratios within a round, and above 1
where the service is better. PostgreSQL runs without fsync. Load of the machine at the end: ${loadavg()[0].toFixed(1)}.
`;
}

function cellsOf({ metric, against, ours, theirs, ratio, adds, target, isMet }: Comparison): Row {
  return [
    metric.title,
    `${number(ours.value)} ${metric.unit}`,
    number(ours.p50),
    number(ours.p99),
    number(ours.cpuMicros),
    against,
    `${number(theirs.value)} ${metric.unit}`,
    number(theirs.cpuMicros),
    ...(target?.kind === 'adds' ? spread(adds, added) : spread(ratio, (value) => `${number(value)}x`)),
    target ? termsOf(target) : '',
    isMet === undefined ? '' : isMet ? 'met' : 'MISSED',
  ];
}

function spread({ median, lowest, highest }: Spread, text: (value: number) => string): Row {
  return [text(median), `${text(lowest)} to ${text(highest)}`];
}

function added(ms: number): string {
  return `${ms < 0 ? '' : '+'}${number(ms)} ms`;
}

function termsOf(target: Target): string {
  return target.kind === 'adds' ? `<= +${target.atMostMs} ms` : `>= ${target.atLeast}x`;
}

function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function thousands(threads: number): string {
  return threads >= 1_000_000 ? `${threads / 1_000_000} M` : `${threads / 1_000} k`;
}

/** In Markdown, so that it can be kept as it is. */
function table(rows: readonly Row[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const [headings, ...body] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  );
  return [headings, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
