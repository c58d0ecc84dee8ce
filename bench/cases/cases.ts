import type { BenchCase } from './case.js';
import { processCases } from './process.cases.js';
import { requestCases } from './request.cases.js';
import { runCases } from './run.cases.js';
import { storeCases } from './store.cases.js';

/** All of them, in the order in which they are taken. */
export const benchCases: readonly BenchCase[] = [
  ...requestCases,
  ...storeCases,
  ...runCases,
  ...processCases,
];
