import { loadavg } from 'node:os';
import { REQUESTS, type RequestName, type Round, type Turn } from './measurement.js';

type Row = readonly [string, ...string[]];
type Measure = readonly [title: string, of: (turn: Turn) => number, target?: number];

const HEADINGS: Row = ['', 'off', 'on', 'cost', 'target'];
const TITLES: Readonly<Record<RequestName, string>> = {
  get: 'GET /threads/{id}',
  search: 'POST /threads/search',
};

/** For each kind of request what it takes, and what of it row-level security adds. */
export function report(rounds: readonly Round[], maxCost: number): string {
  const measures: readonly Measure[] = [
    ['by the clock', ({ perSecond }) => 1_000_000 / perSecond, maxCost],
    ['processor time', ({ server, database }) => server + database, maxCost],
    ['  of the server', ({ server }) => server],
    ['  of PostgreSQL', ({ database }) => database],
  ];
  const rows = REQUESTS.flatMap((name) => [
    [TITLES[name]] as const,
    ...measures.map((measure) => row(name, measure, rounds)),
  ]);
  return `
Microseconds for a request with PG_RLS off and on, each server under the load of ten connections: medians of ${rounds.length} rounds.
"cost" is the part of the throughput that is lost, the median of what each round says. Server, clients and PostgreSQL share this machine. Load: ${loadavg()[0].toFixed(1)}.

${[HEADINGS, ...rows].map(line).join('\n')}
`;
}

/** The turns of one round are compared with each other, since what disturbs the machine lasts longer than a turn. */
function row(name: RequestName, [title, of, target]: Measure, rounds: readonly Round[]): Row {
  const turns = rounds.map((round) => ({ off: of(round[name].off), on: of(round[name].on) }));
  const [off, on] = [median(turns.map((turn) => turn.off)), median(turns.map((turn) => turn.on))];
  const cost = 1 - median(turns.map((turn) => turn.off / turn.on));
  const verdict = target === undefined ? '' : `<= ${percent(target)}: ${cost <= target ? 'met' : 'missed'}`;
  return [`  ${title}`, off.toFixed(0), on.toFixed(0), percent(cost), verdict];
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)}%`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

function line([title, ...cells]: Row): string {
  return (title.padEnd(24) + cells.map((cell) => cell.padStart(16)).join('')).trimEnd();
}
