import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { matrixDocument } from './matrix.document.js';
import { AuthorizationMatrix } from './on-auth/index.js';
import { createServer } from './server.js';

/** Writes the matrix of the server as it comes into the file that is named. It listens nowhere and keeps nothing. */
const [, , file = 'docs/authorization-matrix.md'] = process.argv;
const app = await createServer({
  environment: {
    LOG_LEVEL: 'error',
    DATABASE_URL: 'sqlite::memory:',
    AUTH_JWT_SECRET: randomBytes(32).toString('base64url'),
  },
});
await app.init();
await writeFile(file, matrixDocument(app.get(AuthorizationMatrix)));
await app.close();
