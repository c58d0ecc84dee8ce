import { dirname, join } from 'node:path';
import process from 'node:process';
import base from '../../jest.config.mjs';

const specs = (process.env.MUTATION_SPECS ?? '').split(' ').map((spec) => `<rootDir>/${spec}`);

/** Only the specs that belong to what is mutated, in the copy of the project that is mutated; nothing else is looked through. */
export default {
  ...base,
  rootDir: process.cwd(),
  roots: [...new Set(specs.map((spec) => dirname(spec)))],
  testMatch: specs,
  testEnvironment: join(import.meta.dirname, 'first-failure.environment.mjs'),
  testTimeout: 10_000,
  reporters: [],
};
