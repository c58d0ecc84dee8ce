import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type AppOptions } from './app.module.js';
import { Configuration } from './configuration/configuration.js';
import { enabledLogLevels } from './configuration/log.levels.js';

/** How long a client may take to send a whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Makes the application, ready to `listen`. Nothing runs before.
 *
 * @throws ConfigurationError, WiringError and other refusals to boot: one sentence each
 */
export async function createServer(options: AppOptions = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(options), adapter, {
    abortOnError: false,
    bodyParser: false,
    // Held back until the settings are read; of a boot that is refused only the refusal is printed.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  const { corsOrigins, logLevel } = app.get(Configuration);
  app.useLogger(enabledLogLevels(logLevel));
  app.flushLogs();
  app.enableCors({
    origin: corsOrigins === '*' ? '*' : [...corsOrigins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposedHeaders: ['content-location', 'location', 'x-pagination-next', 'x-pagination-total'],
  });
  app.enableShutdownHooks();
  return app;
}
