import type { DynamicModule, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../app.module.js';
import type { Environment } from '../configuration/configuration.parser.js';
import { openDeployment, type Deployment } from '../deployment/deployment.js';
import type { GraphSources } from '../graphs/graph.js';
import { fastifyOptions } from '../http/fastify.options.js';
import { OwnerPolicy } from '../policies/owner.policy.js';
import { AuthTestBed } from './bed.js';
import { TicketStrategy } from './bed.user.js';
import { tablesOf } from './entity.tables.js';

export interface AuthTestBedOptions {
  /** The classes with `@OnAuth` handlers. The single-owner policy unless given. */
  readonly policies?: readonly Type[];
  readonly modules?: readonly (Type | DynamicModule)[];
  /** Entities that no module brings along; their tables are made from their columns. */
  readonly entities?: readonly (new () => object)[];
  /** The built-in `agent` unless given. */
  readonly graphs?: GraphSources;
  /** In memory unless given. */
  readonly databaseUrl?: string;
  /** Further settings; see the README. */
  readonly environment?: Environment;
}

/**
 * The whole application for a test of policies: real routes, guard and SQL, with users that need no keys. Nothing listens.
 *
 * @throws WiringError and the other refusals to boot
 * @example
 * const bed = await createAuthTestBed({ policies: [OwnerPolicy] });
 * const { body } = await bed.as({ identity: 'alice' }).threads.create({});
 * expect((await bed.as({ identity: 'bob' }).threads.read(body)).status).toBe(404);
 * await bed.close();
 */
export async function createAuthTestBed({
  policies = [OwnerPolicy],
  modules = [],
  entities = [],
  graphs,
  databaseUrl = 'sqlite::memory:',
  environment = {},
}: AuthTestBedOptions = {}): Promise<AuthTestBed> {
  const strategy = new TicketStrategy();
  const deployment = await openDeployment({
    graphs,
    environment: { NODE_ENV: 'test', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl, ...environment },
  });
  const ours: Deployment = Object.assign({}, deployment, { auth: { strategies: [strategy] } });
  const features = entities.length > 0 ? [...modules, tablesOf(entities)] : modules;
  const testing = await Test.createTestingModule({
    imports: [AppModule.forRoot(ours, { policies, modules: features })],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(fastifyOptions), {
    bodyParser: false,
    logger: false,
  });
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  } catch (error) {
    await app.close();
    throw error;
  }
  return new AuthTestBed(app, strategy);
}
