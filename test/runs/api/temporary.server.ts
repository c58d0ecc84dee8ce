import { randomBytes } from 'node:crypto';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT } from 'jose';
import { AssistantsModule } from '../../../src/assistants/assistants.module.js';
import { ACTIVE_STRATEGIES, AuthenticationModule } from '../../../src/authentication/authentication.module.js';
import { ConfigurationModule } from '../../../src/configuration/configuration.module.js';
import { GraphsModule } from '../../../src/graphs/graphs.module.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { OnAuthModule, type AuthenticationStrategy } from '../../../src/on-auth/index.js';
import { PersistenceModule } from '../../../src/persistence/persistence.module.js';
import { OwnerPolicy } from '../../../src/policies/owner.policy.js';
import { RunEngineModule } from '../../../src/runs/engine/run-engine.module.js';
import { RunsModule } from '../../../src/runs/runs.module.js';
import { ThreadsModule } from '../../../src/threads/threads.module.js';
import { callerOf, type TestApplication, type TokenOptions } from '../../support/application.js';
import { testGraphs } from '../../support/graphs/index.js';

export async function startApplication({ databaseUrl, policies = [OwnerPolicy] }: { databaseUrl: string; policies?: readonly Type[] }): Promise<TestApplication> {
  const secret = randomBytes(32);
  @Module({
    imports: [
      ConfigurationModule.forRoot({
        NODE_ENV: 'test',
        LOG_LEVEL: 'error',
        DATABASE_URL: databaseUrl,
        AUTH_JWT_SECRET: secret.toString('base64url'),
      }),
      PersistenceModule.forRootAsync({ useFactory: () => ({ url: databaseUrl, database: databaseUrl, scopeKeys: ['owner'] }) as never }),
      OnAuthModule.forRootAsync({
        imports: [AuthenticationModule.forRoot()],
        inject: [ACTIVE_STRATEGIES],
        useFactory: (strategies: AuthenticationStrategy[]) => ({ strategies }),
      }),
      HttpModule,
      GraphsModule.forRoot(testGraphs),
      ThreadsModule,
      AssistantsModule,
      RunEngineModule.forRoot(),
      RunsModule,
    ],
    providers: [...policies],
  })
  class App {}
  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter({ forceCloseConnections: true }), { abortOnError: false, bodyParser: false, logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const token = (identity: string, { expiresIn = 3600, ...claims }: TokenOptions = {}) =>
    new SignJWT({ permissions: [], ...claims }).setProtectedHeader({ alg: 'HS256' }).setSubject(identity).setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn).sign(Buffer.from(secret.toString('base64url')));
  const as = async (identity: string, claims?: TokenOptions) => callerOf(url, await token(identity, claims));
  return { app, url, token, as, stop: () => app.close() };
}
