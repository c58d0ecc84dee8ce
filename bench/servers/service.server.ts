import { createServer } from '../../src/server.js';

/**
 * The service from its sources, to compare with variants of it that exist only as sources.
 *
 * Usage: `node service.server.js <port>`; the settings are those of the service.
 */
const app = await createServer();
await app.listen(Number(process.argv[2]), '127.0.0.1');
