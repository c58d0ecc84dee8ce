import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

const PUBLISH = 'assistants:publish';

/**
 * Threads are private. Assistants are private as well until somebody with the permission `assistants:publish` makes them
 * `visibility: 'public'`: then everybody finds and runs them, and still only their owner changes them.
 */
@Injectable()
export class PublicAssistantsPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run'])
  createThread({ user, value }: HandlerArgument<'threads:create' | 'threads:create_run'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth(['assistants:read', 'assistants:search'])
  readAssistant({ user }: HandlerArgument<'assistants:read' | 'assistants:search'>) {
    return { $or: [{ owner: user.identity }, { visibility: 'public' }, { created_by: 'system' }] };
  }

  @OnAuth('assistants', 'create')
  createAssistant({ user, permissions, value }: HandlerArgument<'assistants:create'>) {
    refuseToPublish(value.metadata, permissions);
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth('assistants', 'update')
  updateAssistant({ user, permissions, value }: HandlerArgument<'assistants:update'>) {
    refuseToPublish(value.metadata, permissions);
    return { owner: user.identity };
  }
}

function refuseToPublish(metadata: object = {}, permissions: readonly string[]): void {
  if ('visibility' in metadata && !permissions.includes(PUBLISH))
    throw new ForbiddenException(`This needs the permission ${PUBLISH}.`);
}
