import type { AppOptions } from '../../../src/app.module.js';
import { createServer } from '../../../src/server.js';
import type { StartedServer } from '../application.js';
import { createPostgres } from '../databases.js';
import { ServiceCluster } from './service.cluster.js';

/**
 * Two processes that serve and two that execute, instead of one application. A fifth one, which serves nobody and executes nothing,
 * is in the process of the test, for those that look at what is behind the API.
 */
export async function startClusteredServer({ environment, ...options }: AppOptions): Promise<StartedServer> {
  const ownDatabase = environment?.DATABASE_URL ? undefined : await createPostgres();
  const shared = { ...(ownDatabase && { DATABASE_URL: ownDatabase.url }), ...environment };
  const cluster = await ServiceCluster.start({ ...options, environment: shared });
  const app = await createServer({ ...options, environment: { ...shared, ROLE: 'api' } });
  await app.init();
  return {
    app,
    url: cluster.url,
    stop: async () => {
      await cluster.stop();
      await app.close();
      await ownDatabase?.drop();
    },
  };
}
