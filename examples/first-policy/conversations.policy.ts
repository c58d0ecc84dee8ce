import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

/** Everybody has conversations of their own; only who may `threads:delete` deletes them. */
@Injectable()
export class ConversationsPolicy {
  /** A new thread gets an owner, whatever the client said about that. */
  @OnAuth(['threads:create', 'threads:create_run'])
  stampOwner({ user, value }: HandlerArgument<'threads:create' | 'threads:create_run'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  /** Whatever else is done with threads: only those with this metadata exist. */
  @OnAuth('threads')
  own({ user }: HandlerArgument<'threads'>) {
    return { owner: user.identity };
  }

  /** More specific than the one above, so for `threads:delete` this one alone is asked. */
  @OnAuth('threads', 'delete')
  delete({ user, permissions }: HandlerArgument<'threads:delete'>) {
    if (!permissions.includes('threads:delete'))
      throw new ForbiddenException('You may not delete conversations.');
    return { owner: user.identity };
  }

  /** Runs read their assistant: those that the server provides are there for everybody. */
  @OnAuth(['assistants:read', 'assistants:search'])
  provided() {
    return { created_by: 'system' };
  }
}
