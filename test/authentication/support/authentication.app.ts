import type { AddressInfo } from 'node:net';
import {
  Controller,
  Get,
  Inject,
  Module,
  Req,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ACTIVE_STRATEGIES,
  AuthenticationModule,
  type AuthenticationModuleOptions,
} from '../../../src/authentication/authentication.module.js';
import type { Environment } from '../../../src/configuration/configuration.parser.js';
import { ConfigurationModule } from '../../../src/configuration/configuration.module.js';
import { DetailExceptionFilter } from '../../../src/http/exception.filter.js';
import {
  PassportAuthenticator,
  type AuthenticationStrategy,
} from '../../../src/on-auth/passport.authenticator.js';
import type { Principal } from '../../../src/on-auth/principal.js';

/** Asks the real strategies, as the framework's own guard does. */
class StrategyGuard implements CanActivate {
  private readonly authenticator: PassportAuthenticator;

  constructor(@Inject(ACTIVE_STRATEGIES) strategies: readonly AuthenticationStrategy[]) {
    this.authenticator = new PassportAuthenticator({ strategies });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ user?: Principal }>();
    request.user = await this.authenticator.authenticate(request);
    return true;
  }
}

@Controller()
@UseGuards(StrategyGuard)
class WhoController {
  @Get('me')
  me(@Req() request: { user: Principal }): Principal {
    return request.user;
  }
}

@Module({ controllers: [WhoController], providers: [DetailExceptionFilter] })
class WhoModule {}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface AuthenticationApp {
  readonly url: string;
  /** `GET /me` with these headers. */
  me(headers?: Record<string, string>): Promise<Answer>;
  /** `GET /me` with this token. */
  meWith(token: string): Promise<Answer>;
  close(): Promise<void>;
}

/** A server with one guarded route, configured by an environment as the real one is. */
export function startApp(
  environment: Environment,
  options?: AuthenticationModuleOptions,
): Promise<AuthenticationApp> {
  return start([ConfigurationModule.forRoot(environment), AuthenticationModule.forRoot(options)]);
}

/** The same with strategies that the test made itself. */
export function startAppWith(strategies: readonly AuthenticationStrategy[]): Promise<AuthenticationApp> {
  const provider = { provide: ACTIVE_STRATEGIES, useValue: strategies };
  return start([{ module: class {}, providers: [provider], exports: [provider] }]);
}

async function start(imports: DynamicModule[]): Promise<AuthenticationApp> {
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: WhoModule, imports },
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  app.useGlobalFilters(app.get(DetailExceptionFilter));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const me = async (headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${url}/me`, { headers });
    return { status: response.status, body: await response.json() };
  };
  return { url, me, meWith: (token) => me({ authorization: `Bearer ${token}` }), close: () => app.close() };
}

export const UNAUTHORIZED: Answer = { status: 401, body: { detail: 'Unauthorized' } };
