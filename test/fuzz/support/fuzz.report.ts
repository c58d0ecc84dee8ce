import type { FuzzReport } from './fuzzer.js';

/** What a fuzz did and found, for people. */
export function describeFuzz(db: string, seed: number, report: FuzzReport): string {
  const { requests, sequences, explanations, statuses, milliseconds, finding, strays } = report;
  const seconds = milliseconds / 1000;
  const answered = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const lines = [
    `${db}, seed ${seed}: ${requests} requests in ${sequences} sequences, ${explanations} explanations, ${seconds.toFixed(1)} s (${(requests / seconds).toFixed(0)} a second)`,
    `answers ${answered.join(', ')}`,
    finding
      ? `server and model differ, met after ${(finding.milliseconds / 1000).toFixed(1)} s; again with --db ${db} --seed ${finding.seed} --path ${finding.path}\n${finding.text}`
      : `0 leaks: every answer was the model's, ${strays} rows that nobody knew of`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
