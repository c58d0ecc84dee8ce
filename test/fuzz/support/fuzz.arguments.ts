import { parseArgs } from 'node:util';
import type { FuzzOptions } from './fuzzer.js';
import { PLANT_KINDS, type PlantKind } from './plants.js';

export interface FuzzArguments extends FuzzOptions {
  readonly db: 'sqlite' | 'postgres';
  /** A bug to be put into the server, and found. */
  readonly plant: PlantKind | undefined;
}

const DEFAULT_MINUTES = 1;
const MS_A_MINUTE = 60_000;
const WIDTH = 4;

/**
 * Reads the arguments of the command. Requests without minutes take as long as they take.
 * @throws TypeError for what is none of them
 */
export function parseFuzzArguments(argv: readonly string[]): FuzzArguments {
  const string = { type: 'string' } as const;
  const options = {
    db: string,
    minutes: string,
    requests: string,
    seed: string,
    path: string,
    width: string,
    plant: string,
  };
  const { values } = parseArgs({ args: [...argv], options });
  const { db = 'sqlite', path } = values;
  const plant = PLANT_KINDS.find((kind) => kind === values.plant);
  if (values.plant !== undefined && !plant)
    throw new TypeError(`--plant is one of ${PLANT_KINDS.join(', ')}`);
  if (db !== 'sqlite' && db !== 'postgres') throw new TypeError('--db is sqlite or postgres');
  const requests = numberOf('requests', values.requests, Infinity);
  const minutes = numberOf(
    'minutes',
    values.minutes,
    values.requests === undefined ? DEFAULT_MINUTES : Infinity,
  );
  return {
    db,
    plant,
    shrinks: true,
    seed: numberOf('seed', values.seed, Math.floor(Math.random() * 2 ** 31)),
    milliseconds: minutes * MS_A_MINUTE,
    // A path leads to one counterexample.
    requests: path === undefined ? requests : 1,
    width: path === undefined ? numberOf('width', values.width, WIDTH) : 1,
    ...(path !== undefined && { path }),
  };
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (text === '' || Number.isNaN(number)) throw new TypeError(`--${name} is a number`);
  return number;
}
