import 'reflect-metadata';
import type { AppOptions } from './app.module.js';
import { bootFailure } from './boot.failure.js';
import { Deployment } from './deployment/deployment.js';
import { firstMinute } from './first-minute.js';
import { createServer } from './server.js';

/**
 * Makes the server and listens where the configuration says. A boot that is refused ends the process with one sentence.
 *
 * @example await serve({ modules: [InvoicesModule], policies: [OwnerPolicy, InvoicesPolicy] });
 */
export async function serve(options: AppOptions = {}): Promise<void> {
  try {
    const app = await createServer(options);
    const deployment = app.get(Deployment);
    const { port, host } = deployment.configuration;
    await app.listen(port, host);
    process.stdout.write(await firstMinute(await app.getUrl(), deployment));
  } catch (error) {
    process.stderr.write(`${bootFailure(error)}\n`);
    process.exit(1);
  }
}
