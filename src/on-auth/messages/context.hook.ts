import { Logger, type PreRequestHook } from '@nestjs/common';
import { Observable, tap } from 'rxjs';
import { AuthorizationContext } from '../authorization.context.js';
import { faultAnswerOf } from '../fault.answer.js';
import { messagePathOf } from '../message.pattern.js';

const logger = new Logger('OnAuthMessages');

/**
 * Opens a context of its own around each message, before its guard. It is opened where the message is worked on, which is when Nest subscribes:
 * nothing of it is left for the next message of the same socket.
 */
export const openContext: PreRequestHook = (context, next) => {
  const opened = new Observable((subscriber) =>
    AuthorizationContext.open(() => next().subscribe(subscriber)),
  );
  const path = messagePathOf(context.getHandler());
  if (path?.verb !== 'EVENT') return opened;
  // Nobody is answered, so nobody else would ever know.
  return opened.pipe(tap({ error: (fault) => logger.warn(`${path.paths.join(', ')}: ${outcomeOf(fault)}`) }));
};

function outcomeOf(fault: unknown): string {
  const { status = 500 } = faultAnswerOf(fault) ?? {};
  return `an event was refused with ${status}`;
}
