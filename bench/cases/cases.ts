import type { BenchCase } from './case.js';
import { processCases } from './process.cases.js';
import { requestCases } from './request.cases.js';
import { runCases } from './run.cases.js';

/** All of them, in the order in which they are taken. Those of the HTTP store belong here as soon as there is one. */
export const benchCases: readonly BenchCase[] = [...requestCases, ...runCases, ...processCases];
