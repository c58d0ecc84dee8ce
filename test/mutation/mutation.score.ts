import type { MutantResult } from '@stryker-mutator/api/core';

export interface MutationScore {
  readonly name: string;
  readonly detected: number;
  /** Mutants that some spec could have noticed. */
  readonly valid: number;
  /** Those that run when a file is loaded, and those that are explained where they are. */
  readonly ignored: number;
  readonly percent: number;
}

const DETECTED = new Set<MutantResult['status']>(['Killed', 'Timeout']);
const UNDETECTED = new Set<MutantResult['status']>(['Survived', 'NoCoverage']);

export function scoreOf(name: string, mutants: readonly MutantResult[]): MutationScore {
  const count = (statuses: ReadonlySet<MutantResult['status']>) =>
    mutants.filter(({ status }) => statuses.has(status)).length;
  const detected = count(DETECTED);
  return withPercent({
    name,
    detected,
    valid: detected + count(UNDETECTED),
    ignored: count(new Set(['Ignored'])),
  });
}

export function totalOf(scores: readonly MutationScore[]): MutationScore {
  const sum = (of: (score: MutationScore) => number) => scores.reduce((all, score) => all + of(score), 0);
  return withPercent({
    name: 'all',
    detected: sum(({ detected }) => detected),
    valid: sum(({ valid }) => valid),
    ignored: sum(({ ignored }) => ignored),
  });
}

export function describeScores(scores: readonly MutationScore[]): string {
  return scores
    .map(
      ({ name, percent, detected, valid, ignored }) =>
        `${name.padEnd(12)} ${percent.toFixed(2).padStart(6)} %  ${detected} of ${valid} mutants noticed, ${ignored} ignored\n`,
    )
    .join('');
}

function withPercent(score: Omit<MutationScore, 'percent'>): MutationScore {
  return { ...score, percent: score.valid === 0 ? 100 : (100 * score.detected) / score.valid };
}
