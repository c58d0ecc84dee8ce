import { parseArgs } from 'node:util';
import { benchCases } from '../cases/cases.js';

export interface Options {
  readonly databases: readonly DatabaseKind[];
  readonly cases: ReadonlySet<string>;
  readonly threads: readonly number[];
  readonly owners: number;
  /** The size that `flatness` compares with the smallest of 10,000; both with 100 threads for each owner. */
  readonly largest: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly withoutPeer: boolean;
}

export type DatabaseKind = 'sqlite' | 'postgres';

export const USAGE = `
npm run bench -- [options]
  --database sqlite,postgres   where the threads are kept
  --threads 10000              sizes of the databases, such as 10000,50000
  --owners 1000                whose threads they are
  --largest 100000             the size that is compared with 10,000 threads, at 100 threads for each owner
  --cases get,search           some of: ${benchCases.map(({ name }) => JSON.stringify(name)).join(' ')}
  --seconds 2 --rounds 3       of each measurement, and how often
  --without-peer               leaves the peer out
`;

/** @throws TypeError for an unknown option, database or case */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      database: { type: 'string', default: 'sqlite,postgres' },
      threads: { type: 'string', default: '10000' },
      owners: { type: 'string', default: '1000' },
      largest: { type: 'string', default: '100000' },
      cases: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      'without-peer': { type: 'boolean', default: false },
    },
  });
  return {
    databases: values.database.split(',').map(databaseKind),
    cases: new Set(
      values.cases.length > 0 ? values.cases.flatMap(casesOf) : benchCases.map(({ name }) => name),
    ),
    threads: values.threads.split(',').map(positive),
    owners: positive(values.owners),
    largest: positive(values.largest),
    seconds: positive(values.seconds),
    rounds: positive(values.rounds),
    withoutPeer: values['without-peer'],
  };
}

function databaseKind(name: string): DatabaseKind {
  if (name === 'sqlite' || name === 'postgres') return name;
  throw new TypeError(`--database ${name} is neither sqlite nor postgres`);
}

/** A name, or several between commas; names have commas of their own. */
function casesOf(text: string): readonly string[] {
  const names = benchCases.map(({ name }) => name);
  if (names.includes(text)) return [text];
  const parts = text.split(',');
  const unknown = parts.find((part) => !names.includes(part));
  if (unknown !== undefined) throw new TypeError(`--cases ${unknown} is none of ${names.join('; ')}`);
  return parts;
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new TypeError(`${text} is not a positive number`);
}
