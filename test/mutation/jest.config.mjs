import process from 'node:process';
import base from '../../jest.config.mjs';

/** Only the specs that belong to what is mutated, in the copy of the project that is mutated. */
export default {
  ...base,
  rootDir: process.cwd(),
  testMatch: (process.env.MUTATION_SPECS ?? '').split(' ').map((spec) => `<rootDir>/${spec}`),
  reporters: [],
};
