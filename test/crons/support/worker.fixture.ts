import 'reflect-metadata';
import { createServer } from '../../../src/server.js';
import { slowGraph } from '../../support/graphs/slow.graph.js';

/** A server for a test to kill. It fires crons; of the runs that they create it executes one, which does not end. */
const [, , url = ''] = process.argv;

const app = await createServer({
  graphs: { slow: slowGraph },
  environment: {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    AUTH_JWT_SECRET: 'a secret of a test that nobody signs with',
    RUNS_CONCURRENCY: '1',
  },
});
await app.listen(0, '127.0.0.1');
process.stdout.write('up\n');
