import 'reflect-metadata';
import { bootFailure } from './boot.failure.js';
import { Deployment } from './deployment/deployment.js';
import { firstMinute } from './first-minute.js';
import { createServer } from './server.js';

try {
  const app = await createServer();
  const deployment = app.get(Deployment);
  const { port, host } = deployment.configuration;
  await app.listen(port, host);
  process.stdout.write(await firstMinute(await app.getUrl(), deployment));
} catch (error) {
  process.stderr.write(`${bootFailure(error)}\n`);
  process.exit(1);
}
