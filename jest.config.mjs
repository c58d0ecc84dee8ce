/** One run covers unit tests beside the source and everything under test/; both databases are started in global-setup. */
export default {
  testEnvironment: 'node',
  rootDir: '.',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/support/count.reporter.mjs'],
  // Copies of the project that mutation testing makes.
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp'],
  testTimeout: 30_000,
  maxWorkers: 2,
  // Modules of specs stay in memory; near the limit of its heap a worker does little else than collect garbage.
  workerIdleMemoryLimit: '1500MB',
};
