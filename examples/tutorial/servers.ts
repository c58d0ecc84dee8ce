import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { openDevelopmentTokens } from '../../src/authentication/development/development.tokens.js';
import { ConfigurationError } from '../../src/configuration/configuration.error.js';
import { Configuration } from '../../src/configuration/configuration.js';
import { ConfigurationModule } from '../../src/configuration/configuration.module.js';
import { createServer } from '../../src/server.js';
import { ScopedHandlersPolicy } from '../policies/scoped-handlers.policy.js';

export interface TutorialServer {
  readonly url: string;
  readonly token: (identity: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The server that `npm start` runs, found by the same configuration. @throws ConfigurationError when it is not there */
export async function runningServer(): Promise<TutorialServer> {
  const context = await NestFactory.createApplicationContext(ConfigurationModule.forRoot(), {
    logger: false,
    abortOnError: false,
  });
  const configuration = context.get(Configuration);
  const url = `http://127.0.0.1:${configuration.port}`;
  await fetch(`${url}/ok`).catch(() => {
    throw new ConfigurationError(`no server answers at ${url}; run npm start in another shell first.`);
  });
  const tokens = await openDevelopmentTokens(configuration);
  return { url, token: (identity) => tokens.mint({ identity }), stop: () => context.close() };
}

/** A server of this process with the scoped handlers, a database in memory and keys of its own. */
export async function temporaryServer(): Promise<TutorialServer> {
  const app = await createServer({
    policies: [ScopedHandlersPolicy],
    environment: {
      DATABASE_URL: 'sqlite::memory:',
      AUTH_JWT_SECRET: randomBytes(32).toString('base64url'),
      LOG_LEVEL: 'error',
    },
  });
  await app.listen(0, '127.0.0.1');
  const tokens = await openDevelopmentTokens(app.get(Configuration));
  return { url: await app.getUrl(), token: (identity) => tokens.mint({ identity }), stop: () => app.close() };
}
