import { loadavg } from 'node:os';
import type { Closing } from './measurement.js';
import type { Memory } from './revocable.service.js';

const HEADINGS = ['', 'streams', 'p50', 'p99', 'last', 'CPU', 'said why', 'others closed', 'target'];

/** One table of what the streams took to close, and one of the memory of the process that served them. */
export function report(closings: ReadonlyMap<string, readonly Closing[]>, targetMs: number): string {
  const all = [...closings].flatMap(([title, ofTitle]) => ofTitle.map((closing) => ({ title, closing })));
  const times = all.map(({ title, closing }) => timesOf(title, closing, targetMs));
  const memories = all.map(({ title, closing }) => memoryOf(title, closing));
  return `
Open streams that lose the right to be: milliseconds from the cause to the end of the answer. CPU is what the serving
process used meanwhile; the client, which reads all of the answers, shares the machine.
Load of the machine: ${loadavg()[0].toFixed(1)}.

${[HEADINGS, ...times].map(line).join('\n')}

Memory of the serving process in MiB, resident / heap after a collection.

${[['', 'before', 'open', 'after'], ...memories].map(line).join('\n')}
`;
}

function timesOf(title: string, closing: Closing, targetMs: number): string[] {
  const { cause, tookMs, cpuMs, wordless, others } = closing;
  const p99 = quantile(tookMs, 0.99);
  return [
    `${title}, ${cause}`,
    String(tookMs.length),
    quantile(tookMs, 0.5).toFixed(0),
    p99.toFixed(0),
    quantile(tookMs, 1).toFixed(0),
    cpuMs.toFixed(0),
    String(tookMs.length - wordless),
    String(others),
    `p99 <= ${targetMs}: ${p99 <= targetMs && wordless === 0 && others === 0 ? 'met' : 'missed'}`,
  ];
}

function memoryOf(title: string, { cause, before, open, after }: Closing): string[] {
  return [`${title}, ${cause}`, ...[before, open, after].map(both)];
}

function both({ resident, heap }: Memory): string {
  return `${resident.toFixed(0)} / ${heap.toFixed(0)}`;
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}

function line([title, ...cells]: readonly string[]): string {
  return [title.padEnd(36), ...cells.map((cell) => cell.padStart(16))].join('');
}
