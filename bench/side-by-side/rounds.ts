import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, Side, SideName } from '../cases/case.js';
import { call, textOf } from '../load/http.client.js';
import type { Readings } from '../load/reading.js';

/** The readings of each side, one for each round. */
export type Rounds = ReadonlyMap<SideName, readonly Readings[]>;

export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const SETTLE_MS = 100;

/**
 * Measures a case on every side, in turn, again and again, so that the noise of the machine hits all of them alike. Each round
 * begins with another side. While one is measured, the others are halted.
 */
export async function takeRounds(
  benchCase: BenchCase,
  sides: readonly Side[],
  { rounds, seconds }: RoundOptions,
): Promise<Rounds> {
  const readings = new Map<SideName, Readings[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [place] of sides.entries()) {
      const side = sides[(place + round) % sides.length];
      readings.get(side.name)?.push(await measureAlone(benchCase, side, seconds));
    }
  }
  return readings;
}

async function measureAlone(benchCase: BenchCase, side: Side, seconds: number): Promise<Readings> {
  side.process.resume();
  try {
    await settle(side);
    return await benchCase.measure(side, seconds);
  } catch (error) {
    throw new Error(`${benchCase.name}, ${side.name}: ${String(error)}`, { cause: error });
  } finally {
    side.process.halt();
  }
}

/** What a process puts off until it has time, it does now. */
async function settle({ process, world }: Side): Promise<void> {
  await sleep(SETTLE_MS);
  if (!('url' in process)) return;
  const agent = new Agent();
  const headers = { authorization: world.authorization(0) };
  await textOf(await call(process.url, { method: 'GET', path: '/ok', headers }, agent));
  agent.destroy();
}
