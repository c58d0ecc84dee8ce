import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { startPostgres } from '../support/postgres.server.mjs';
import { MUTATION_GROUPS, type MutationGroup, type MutationPart } from './mutation.groups.js';
import { describeScores, scoreOf, totalOf, type MutationScore } from './mutation.score.js';

/**
 * Breaks the code that decides and scopes in many small ways, one after the other, and counts how often a spec notices.
 *
 * Usage: `npm run mutation [-- [--concurrency <processes>] <group> ...]`
 */
const LEAST_SCORE = 90;
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});
const groups = MUTATION_GROUPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const postgres = await startPostgres();
process.env.TEST_POSTGRES_URL = postgres.url;
try {
  const scores: MutationScore[] = [];
  for (const group of groups) scores.push(await run(group));
  process.stdout.write(describeScores([...scores, totalOf(scores)]));
  if (scores.some(({ percent }) => percent < LEAST_SCORE)) process.exitCode = 1;
} finally {
  await postgres.stop();
}

async function run({ name, parts, database, remembers = false }: MutationGroup): Promise<MutationScore> {
  process.env.TEST_DATABASE = database ?? '';
  const mutants = [];
  for (const part of parts) mutants.push(...(await mutantsOf(part, remembers)));
  return scoreOf(name, mutants);
}

function mutantsOf({ mutate, specs }: MutationPart, remembers: boolean): Promise<readonly MutantResult[]> {
  process.env.MUTATION_SPECS = specs.join(' ');
  const stryker = new Stryker({
    mutate: [...mutate, '!**/*.spec.ts'],
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
    plugins: ['@stryker-mutator/jest-runner'],
    jest: { configFile: 'test/mutation/jest.config.mjs', enableFindRelatedTests: false },
    coverageAnalysis: remembers ? 'all' : 'perTest',
    // What runs when a file is loaded cannot be told apart by test, and decides nothing.
    ignoreStatic: !remembers,
    disableTypeChecks: true,
    concurrency: Number(values.concurrency),
    // A busy machine is no mutant that runs for ever.
    timeoutMS: 60_000,
    // The specs of a group leave their modules behind.
    maxTestRunnerReuse: 20,
    tempDirName: '.stryker-tmp',
    ignorePatterns: ['dist', 'docs', 'coverage', 'bench'],
    reporters: ['clear-text'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  });
  return stryker.runMutationTest();
}
