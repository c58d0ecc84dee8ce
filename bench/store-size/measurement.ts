import { OPERATIONS, type Operation, type SeededStore } from './seeded.store.js';

/** How long one operation took on each store, one right after the other, in milliseconds. */
export interface Sample {
  readonly operation: Operation;
  readonly small: number;
  readonly large: number;
}

const WARM_UP_ROUNDS = 50;

/** As many rounds as there is time for. In each, every operation is done on both stores, and another one goes first each time. */
export async function measure(
  small: SeededStore,
  large: SeededStore,
  durationMs: number,
): Promise<readonly Sample[]> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await takeRound(small, large, round);
  const samples: Sample[] = [];
  const end = performance.now() + durationMs;
  for (let round = 0; performance.now() < end; round += 1)
    samples.push(...(await takeRound(small, large, round)));
  return samples;
}

async function takeRound(small: SeededStore, large: SeededStore, round: number): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const operation of OPERATIONS) {
    const took = { small: 0, large: 0 };
    for (const size of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
      const start = performance.now();
      await (size === 'small' ? small : large).do(operation);
      took[size] = performance.now() - start;
    }
    samples.push({ operation, ...took });
  }
  return samples;
}
