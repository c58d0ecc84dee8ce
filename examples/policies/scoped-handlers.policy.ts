import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';

/**
 * One handler for each thing that is allowed; everything else is denied because nothing answers for it.
 * Threads belong to their creator, assistants are closed.
 */
@Injectable()
export class ScopedHandlersPolicy {
  @OnAuth('threads', 'create')
  createThread({ user, value }: HandlerArgument<'threads:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth('threads', 'read')
  readThread({ user }: HandlerArgument<'threads:read'>) {
    return { owner: user.identity };
  }

  @OnAuth('assistants')
  denyAssistants(): never {
    throw new ForbiddenException('User lacks the required permissions.');
  }
}
