/**
 * Handlers of messages behind the guard: `onauth-server/on-auth/messages`, for applications with `@nestjs/microservices`.
 *
 * @example import { connectMessages } from 'onauth-server/on-auth/messages';
 */
export { connectMessages } from './message.connector.js';
export { MessageExceptionFilter, type MessageFault } from './message.filter.js';
