import { Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';

/**
 * Two handlers for threads: for `threads:create` only the more specific one runs, for every other action only the general
 * one. Handlers do not add up.
 */
@Injectable()
export class MostSpecificPolicy {
  @OnAuth('threads')
  anyActionOnThreads({ user }: HandlerArgument<'threads'>) {
    return { owner: user.identity };
  }

  @OnAuth('threads', 'create')
  createThread({ user, value }: HandlerArgument<'threads:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity, created_with: 'threads:create' };
    return { owner: user.identity };
  }
}
