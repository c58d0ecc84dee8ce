import { request } from 'node:http';

/**
 * Whether the process beside which this runs is up and reaches its database: exit code 0, or 1. What the image is probed with.
 *
 * @example PORT=8123 node dist/src/health.command.js
 */
const TIMEOUT_MS = 4_000;

const { PORT = '8123' } = process.env;
request({ host: '127.0.0.1', port: PORT, path: '/ok?check_db=1', timeout: TIMEOUT_MS })
  .on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
  .end();
