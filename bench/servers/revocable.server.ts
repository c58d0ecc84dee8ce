import { AuthorizationEvents } from '../../src/index.js';
import { createServer } from '../../src/server.js';

/**
 * The service from its sources, and whoever started it may take access away over the channel: `{ revoke: identity }`.
 *
 * Usage: `node --expose-gc revocable.server.js <port>`; the settings are those of the service.
 */
const app = await createServer();
await app.listen(Number(process.argv[2]), '127.0.0.1');

interface Order {
  readonly revoke?: string;
}

process.on('message', ({ revoke }: Order) => {
  if (revoke !== undefined) void app.get(AuthorizationEvents).revoke(revoke);
  // Asked for memory, without what only waits to be collected.
  else process.send?.(memory());
});

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}
