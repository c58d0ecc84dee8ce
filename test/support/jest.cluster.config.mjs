import config from '../../jest.config.mjs';

// Read by test/support in the processes that the specs run in, which inherit it.
process.env.ONAUTH_TEST_CLUSTER = '1';

/** What stays with one process, and why. */
const ONE_PROCESS = {
  'handlers or graphs that the test talks to while they work': [
    'e2e/state-update-race',
    'runs/api/run-authorization',
    'assistants/assistants.events',
    'assistants/assistants.isolation',
    'assistants/system-assistants',
  ],
  'handlers and graphs of the spec itself, which no other process can load': [
    'abuse/error-answers',
    'abuse/handlers-that-do-not-count',
    'abuse/store-isolation',
    'store/policies',
    'store/semantic-use',
    'assistants/assistant-graph.spec',
  ],
  'starts processes of its own, or stops the one it has': ['e2e/roles', 'e2e/start', 'runs/api/run-shutdown'],
  'looks into the process, or at why it does not start': ['e2e/read-replica', 'e2e/row-security'],
  'bytes that a proxy answers by itself': ['e2e/edge', 'abuse/http-edge'],
  'listens to the log of the process': ['abuse/logs'],
  'SQLite alone': ['abuse/escape-strings'],
  'parts without a server': [
    'store/semantic.spec',
    'store/ttl',
    'runs/api/create-run.dto',
    'runs/api/late-json.writer',
    'runs/api/run-id.dto',
    'runs/api/run.event.filter',
    'runs/api/run.factory',
    'runs/api/sse.writer',
  ],
};

/** The specs that talk to a server over HTTP, against two API and two worker processes behind a proxy, on PostgreSQL. */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['sdk', 'e2e', 'runs/api', 'abuse', 'clients', 'assistants', 'store'].map(
    (folder) => `<rootDir>/test/${folder}/**/*.spec.ts`,
  ),
  testPathIgnorePatterns: Object.values(ONE_PROCESS).flatMap((specs) =>
    specs.map((spec) => `<rootDir>/test/${spec}`),
  ),
  testTimeout: 120_000,
  // Each spec has five processes of its own.
  maxWorkers: 1,
};
