import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type FilterInput, type HandlerArgument, type Principal } from '../../src/index.js';

/**
 * A thread has an owner, and participants whom the owner names in `metadata.participants`. They read and run it; only the owner says
 * who they are, and deletes it.
 */
@Injectable()
export class ParticipantsPolicy {
  @OnAuth('threads', 'create')
  create({ user, value }: HandlerArgument<'threads:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth(['threads:read', 'threads:search'])
  read({ user }: HandlerArgument<'threads:read' | 'threads:search'>) {
    return ownOrShared(user);
  }

  /** The metadata is the run's, and that of the thread if the run brings one along. */
  @OnAuth('threads', 'create_run')
  run({ user, value }: HandlerArgument<'threads:create_run'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return ownOrShared(user);
  }

  @OnAuth('threads', 'update')
  update({ user, value }: HandlerArgument<'threads:update'>) {
    const { metadata = {} } = value;
    if ('owner' in metadata) throw new ForbiddenException('A thread stays with its owner.');
    return 'participants' in metadata ? { owner: user.identity } : ownOrShared(user);
  }

  @OnAuth('threads', 'delete')
  delete({ user }: HandlerArgument<'threads:delete'>) {
    return { owner: user.identity };
  }
}

function ownOrShared({ identity }: Principal): FilterInput {
  return { $or: [{ owner: identity }, { participants: { $contains: identity } }] };
}
