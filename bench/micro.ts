import { DataSource } from 'typeorm';
import { alone } from './micro/alone.js';
import { authorizationSteps } from './micro/authorization.steps.js';
import { createServer } from '../src/server.js';
import { JWT_SECRET } from './servers/tokens.js';

/**
 * What each step of an authorized request costs by itself, in nanoseconds and bytes, in a process that does nothing else.
 *
 * Usage: `npm run bench:micro`; without garbage collection in between, the bytes are exact (`--max-semi-space-size=256`).
 */
const app = await createServer({
  environment: {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'sqlite::memory:',
    AUTH_JWT_SECRET: JWT_SECRET,
  },
});
await app.init();

process.stdout.write(`${'step'.padEnd(64)}${'ns'.padStart(10)}${'bytes'.padStart(10)}\n`);
for (const { name, run } of await authorizationSteps(app, app.get(DataSource))) {
  const { nanoseconds, bytes } = await alone(run);
  process.stdout.write(
    `${name.padEnd(64)}${nanoseconds.toFixed(0).padStart(10)}${bytes.toFixed(0).padStart(10)}\n`,
  );
}
await app.close();
