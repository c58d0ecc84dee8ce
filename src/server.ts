import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type AppOptions } from './app.module.js';
import { enabledLogLevels } from './configuration/log.levels.js';
import { openDeployment } from './deployment/deployment.js';
import { fastifyOptions } from './http/fastify.options.js';

/**
 * Makes the application, ready to `listen`. Nothing runs before.
 *
 * @throws ConfigurationError, WiringError and other refusals to boot: one sentence each
 */
export async function createServer(options: AppOptions = {}): Promise<NestFastifyApplication> {
  // Held back until the settings are read; of a boot that is refused only the refusal is printed.
  Logger.attachBuffer();
  const deployment = await openDeployment(options);
  const adapter = new FastifyAdapter(fastifyOptions);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(deployment, options),
    adapter,
    {
      abortOnError: false,
      bodyParser: false,
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  const { corsOrigins, logLevel } = deployment.configuration;
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
