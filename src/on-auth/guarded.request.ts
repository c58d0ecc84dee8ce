import type { ExecutionContext } from '@nestjs/common';
import { messageHeadersOf } from './message.headers.js';
import { messageRequest } from './message.request.js';
import type { RouteRequest } from './route.js';

/** What is asked, over HTTP or by a message; `undefined` for every other way into an application, which is closed. */
export function guardedRequestOf(context: ExecutionContext): RouteRequest | undefined {
  switch (context.getType()) {
    case 'http':
      return context.switchToHttp().getRequest<RouteRequest>();
    case 'rpc': {
      const message = context.switchToRpc();
      const { name } = context.getHandler();
      return messageRequest(message.getData(), messageHeadersOf(message.getContext()), name);
    }
    default:
      return undefined;
  }
}
