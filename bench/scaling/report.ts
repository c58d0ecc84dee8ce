import { loadavg } from 'node:os';
import { median } from '../load/reading.js';
import type { Drained } from './drain.js';

export interface Claimed {
  readonly runsPerSecond: number;
  /** Median of the claiming statement alone. */
  readonly claimMs: number;
}

export interface Asked {
  readonly name: string;
  readonly perSecond: number;
  /** Processor time of each request. */
  readonly serviceMicros: number;
  readonly databaseMicros: number;
}

export interface Measured {
  /** Of each round: with one worker, and with two. */
  readonly workers: readonly (readonly Drained[])[];
  /** Of each round: on a new table, and on one with many ended runs. */
  readonly claims: readonly (readonly Claimed[])[];
  readonly requests: readonly Asked[];
}

/** Three tables of medians; ratios are medians of the ratios within a round. */
export function report({ workers, claims, requests }: Measured): string {
  return `
PostgreSQL runs without fsync, on the machine of everybody else. Load of the machine: ${loadavg()[0].toFixed(1)}.

Echo runs from a full queue, ${workers.length} rounds
${line('', 'runs/s', 'ratio', 'worker CPU', 'database CPU', 'its share')}
${[0, 1].map((side) => drained(workers, side)).join('\n')}

One worker, ${claims.length} rounds
${line('', 'runs/s', 'ratio', 'claim, ms', 'ratio')}
${[0, 1].map((side) => claimed(claims, side)).join('\n')}

Requests to one process, 32 connections
${line('', 'per second', 'service CPU', 'database CPU', 'its share')}
${requests.map(asked).join('\n')}
`;
}

function drained(rounds: readonly (readonly Drained[])[], side: number): string {
  const of = (key: keyof Drained): number => median(rounds.map((round) => round[side][key]));
  const [worker, database] = [of('workerMicros'), of('databaseMicros')];
  return line(
    side === 0 ? 'one worker' : 'two workers',
    of('runsPerSecond').toFixed(0),
    ratio(rounds, side, 'runsPerSecond'),
    micros(worker),
    micros(database),
    share(worker, database),
  );
}

function claimed(rounds: readonly (readonly Claimed[])[], side: number): string {
  return line(
    side === 0 ? 'new table' : 'many ended runs',
    median(rounds.map((round) => round[side].runsPerSecond)).toFixed(0),
    ratio(rounds, side, 'runsPerSecond'),
    median(rounds.map((round) => round[side].claimMs)).toFixed(2),
    ratio(rounds, side, 'claimMs'),
  );
}

function asked({ name, perSecond, serviceMicros, databaseMicros }: Asked): string {
  const [service, database] = [micros(serviceMicros), micros(databaseMicros)];
  return line(name, perSecond.toFixed(0), service, database, share(serviceMicros, databaseMicros));
}

function ratio<Key extends string>(
  rounds: readonly (readonly Readonly<Record<Key, number>>[])[],
  side: number,
  key: Key,
): string {
  return median(rounds.map((round) => round[side][key] / round[0][key])).toFixed(2);
}

function share(one: number, database: number): string {
  return `${((100 * database) / (one + database)).toFixed(0)} %`;
}

function micros(value: number): string {
  return `${value.toFixed(0)} µs`;
}

function line(title: string, ...cells: readonly string[]): string {
  return title.padEnd(18) + cells.map((cell) => cell.padStart(14)).join('');
}
