import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../on-auth/index.js';
import { identityLabel } from '../store/identity.label.js';

/**
 * The default of this deployment: what somebody creates is theirs alone. `metadata.owner` is stamped on everything that is
 * created, and nobody sees a row of another owner. Assistants that the server provides are there for everybody.
 */
@Injectable()
export class OwnerPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run', 'assistants:create', 'crons:create'])
  stampOwner({
    user,
    value,
  }: HandlerArgument<'threads:create' | 'threads:create_run' | 'assistants:create' | 'crons:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  /** The first label of a namespace names its owner; asking everywhere means everywhere among one's own. */
  @OnAuth('store')
  ownNamespace({ user, value }: HandlerArgument<'store'>) {
    const own = identityLabel(user.identity);
    if (!('key' in value) && !value.namespace?.length) value.namespace = [own];
    if (value.namespace?.[0] !== own) throw new ForbiddenException('Not authorized');
  }

  @OnAuth(['assistants:read', 'assistants:search'])
  ownAndProvided({ user }: HandlerArgument<'assistants:read' | 'assistants:search'>) {
    return { $or: [{ owner: user.identity }, { created_by: 'system' }] };
  }
}
