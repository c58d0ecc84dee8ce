import { Logger, type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { callModuleInitHook } from '@nestjs/core/hooks/on-module-init.hook.js';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type AppOptions } from './app.module.js';
import { enabledLogLevels } from './configuration/log.levels.js';
import { openDeployment } from './deployment/deployment.js';
import { fastifyOptions } from './http/fastify.options.js';

/** What a script of another origin may read of an answer. */
const EXPOSED_HEADERS = [
  'content-location',
  'location',
  'retry-after',
  'x-pagination-next',
  'x-pagination-total',
];

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
    exposedHeaders: EXPOSED_HEADERS.join(', '),
    // In `onRequest`, which is the default, Nest copies each header to Node's response as well, and Node then sets and checks every
    // header of the answer one by one: 7 microseconds for what only middleware of Express would need.
    hook: 'preParsing',
  });
  app.enableShutdownHooks();
  return app;
}

/**
 * The same application for looking at it: every handler and strategy is ready, but nothing listens, no run is taken, no sweep
 * starts, and neither schema nor rows are touched.
 *
 * @throws as `createServer`
 */
export async function openInspection(options: AppOptions = {}): Promise<INestApplicationContext> {
  const deployment = await openDeployment(options);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(deployment, { ...options, preparesDatabase: false }),
    new FastifyAdapter(fastifyOptions),
    { abortOnError: false, bodyParser: false, logger: false },
  );
  // Of what `init` does only this: what the server works on begins with the bootstrap hooks.
  for (const module of app.get(ModulesContainer).values()) await callModuleInitHook(module);
  return app;
}
