import type { INestApplication, INestMicroservice } from '@nestjs/common';
import type { AsyncMicroserviceOptions, MicroserviceOptions, NestMicroservice } from '@nestjs/microservices';
import { MessageServers } from '../message.servers.js';
import { OnAuthGuard } from '../on-auth.guard.js';
import { openContext } from './context.hook.js';
import { MessageExceptionFilter } from './message.filter.js';

/**
 * Connects a transport to an application: its `@MessagePattern` and `@EventPattern` handlers are guarded by their `@Authorize` as routes
 * are. In place of `app.connectMicroservice`, whose servers know nothing of the guard and are refused.
 *
 * @throws WiringError for a handler that declares no event: when the application is initialized
 * @example
 * connectMessages(app, { transport: Transport.TCP, options: { host: '127.0.0.1', port: 4000 } });
 * await app.startAllMicroservices();
 * await app.listen(3000);
 */
export function connectMessages(
  app: INestApplication,
  options: MicroserviceOptions | AsyncMicroserviceOptions,
): INestMicroservice {
  const connect = () => app.connectMicroservice(options, { deferInitialization: true });
  const microservice = app.get(MessageServers).connecting(connect) as NestMicroservice;
  microservice.useGlobalGuards(app.get(OnAuthGuard));
  microservice.useGlobalFilters(new MessageExceptionFilter());
  microservice.registerPreRequestHook(openContext);
  // From here on what `connectMicroservice` does itself when it is not told to wait; handlers take what is registered before.
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
  return microservice;
}
