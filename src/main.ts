import 'reflect-metadata';
import { bootFailure } from './boot.failure.js';
import { Configuration } from './configuration/configuration.js';
import { firstMinute } from './first-minute.js';
import { createServer } from './server.js';

try {
  const app = await createServer();
  const configuration = app.get(Configuration);
  await app.listen(configuration.port, configuration.host);
  process.stdout.write(await firstMinute(await app.getUrl(), configuration));
} catch (error) {
  process.stderr.write(`${bootFailure(error)}\n`);
  process.exit(1);
}
