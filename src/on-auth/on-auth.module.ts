import {
  Inject,
  Module,
  type DynamicModule,
  type OnModuleInit,
  type ModuleMetadata,
  type FactoryProvider,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { ADMIT_EVERYBODY } from './admission.js';
import { AuthorizationContext } from './authorization.context.js';
import { AuthorizationEvents } from './authorization.events.js';
import { AuthorizationMatrix } from './authorization.matrix.js';
import { Authorizer } from './authorizer.js';
import { WiringError } from './errors.js';
import { HandlerExplorer } from './handler.explorer.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerResolver } from './handler.resolver.js';
import { MessageServers } from './message.servers.js';
import { OnAuthMetadataAccessor } from './metadata.accessor.js';
import { OnAuthGuard } from './on-auth.guard.js';
import {
  DEFAULT_HANDLER_TIMEOUT_MS,
  ON_AUTH_OPTIONS,
  type OnAuthModuleOptions,
  type OnAuthOptions,
} from './on-auth.options.js';
import { OnAuthService } from './on-auth.service.js';
import { PassportAuthenticator } from './passport.authenticator.js';
import { RefusalFilter } from './refusal.filter.js';
import { RouteAuthorizer } from './route.authorizer.js';
import { RouteExplorer } from './route.explorer.js';
import { RouteRegistry } from './route.registry.js';
import { WiringInspector } from './wiring.inspector.js';

export interface OnAuthModuleAsyncOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => OnAuthModuleOptions | Promise<OnAuthModuleOptions>;
}

/**
 * Puts the global guard before every route and wires the `@OnAuth` handlers of all providers to it. The boot stops with a
 * `WiringError` when a route declares no event, a handler cannot be relied on, or one would never be asked.
 *
 * @example OnAuthModule.forRoot({ strategies: [new JwtStrategy(key)] })
 */
@Module({})
export class OnAuthModule implements OnModuleInit {
  constructor(
    private readonly handlerExplorer: HandlerExplorer,
    private readonly routeExplorer: RouteExplorer,
    private readonly handlers: HandlerRegistry,
    private readonly routes: RouteRegistry,
    private readonly inspector: WiringInspector,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(ON_AUTH_OPTIONS) private readonly options: OnAuthOptions,
  ) {}

  static forRoot(options: OnAuthModuleOptions): DynamicModule {
    return OnAuthModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: OnAuthModuleAsyncOptions): DynamicModule {
    return {
      module: OnAuthModule,
      global: true,
      imports: [DiscoveryModule, ...imports],
      providers: [
        {
          provide: ON_AUTH_OPTIONS,
          inject,
          useFactory: async (...injected: never[]) => withDefaults(await useFactory(...injected)),
        },
        OnAuthMetadataAccessor,
        HandlerExplorer,
        HandlerRegistry,
        HandlerResolver,
        RouteExplorer,
        RouteRegistry,
        AuthorizationEvents,
        AuthorizationMatrix,
        WiringInspector,
        PassportAuthenticator,
        Authorizer,
        RouteAuthorizer,
        OnAuthService,
        MessageServers,
        OnAuthGuard,
        { provide: APP_GUARD, useExisting: OnAuthGuard },
        { provide: APP_FILTER, useClass: RefusalFilter },
      ],
      exports: [
        AuthorizationEvents,
        AuthorizationMatrix,
        Authorizer,
        HandlerResolver,
        HandlerRegistry,
        MessageServers,
        OnAuthGuard,
        OnAuthService,
        PassportAuthenticator,
        RouteRegistry,
      ],
    };
  }

  onModuleInit(): void {
    openContextAroundRequests(this.adapterHost);
    for (const route of this.routeExplorer.explore()) this.routes.register(route);
    const handlers = [...this.handlerExplorer.explore(), ...this.options.handlers];
    for (const handler of handlers) this.handlers.register(handler);
    this.inspector.inspect(this.handlers.all(), this.routes.events(), this.options.knownEvents);
  }
}

/** @throws WiringError for options that would leave the guard without a way to tell who is calling */
function withDefaults({
  strategies,
  handlers = [],
  knownEvents = [],
  admission = ADMIT_EVERYBODY,
  handlerTimeoutMs = DEFAULT_HANDLER_TIMEOUT_MS,
}: OnAuthModuleOptions): OnAuthOptions {
  if (strategies.length === 0) {
    throw new WiringError(
      'OnAuthModule has no authentication strategy; list at least one in forRoot({ strategies }).',
    );
  }
  if (!Number.isInteger(handlerTimeoutMs) || handlerTimeoutMs < 1) {
    throw new WiringError(
      'OnAuthModule.forRoot({ handlerTimeoutMs }) needs a whole number of milliseconds above 0.',
    );
  }
  return { strategies, handlers, knownEvents, admission, handlerTimeoutMs };
}

interface FastifyHooks {
  addHook(name: 'preValidation', hook: (request: unknown, reply: unknown, done: () => void) => void): void;
}

/** The holder is opened by `run` around everything that follows; `enterWith` would leak into later requests of the socket. */
function openContextAroundRequests({ httpAdapter }: Partial<HttpAdapterHost>): void {
  if (!httpAdapter) return;
  if (httpAdapter.getType() === 'fastify') {
    const fastify = httpAdapter.getInstance<FastifyHooks>();
    fastify.addHook('preValidation', (_request, _reply, done) => AuthorizationContext.open(done));
  } else {
    httpAdapter.use((_request: unknown, _response: unknown, next: () => void) =>
      AuthorizationContext.open(next),
    );
  }
}
