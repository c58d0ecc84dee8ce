import type { BenchCase } from './case.js';
import { processCases } from './process.cases.js';
import { requestCases } from './request.cases.js';
import { runCases } from './run.cases.js';
import { storeCases } from './store.cases.js';

/** Leaves its threads behind, tens of thousands of them. */
const isFilling = ({ name }: BenchCase): boolean => name === 'create';

/** All of them, in the order in which they are taken: what fills the databases comes last, so that the others find them as they were seeded. */
export const benchCases: readonly BenchCase[] = [
  ...requestCases.filter((benchCase) => !isFilling(benchCase)),
  ...storeCases,
  ...runCases,
  ...processCases,
  ...requestCases.filter(isFilling),
];
