import config from '../../jest.config.mjs';

// Read by test/support in the processes that the specs run in, which inherit it.
process.env.ONAUTH_TEST_CLUSTER = '1';

/** The specs that talk to a server over HTTP, against two API and two worker processes behind a proxy, on PostgreSQL. */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['sdk', 'e2e', 'runs/api', 'abuse', 'clients', 'assistants', 'store'].map(
    (folder) => `<rootDir>/test/${folder}/**/*.spec.ts`,
  ),
  testTimeout: 120_000,
  // Each spec has five processes of its own.
  maxWorkers: 1,
};
