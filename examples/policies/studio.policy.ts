import { Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

const DEVELOPER = 'developer';

/**
 * Everybody has their own. Who holds the permission `developer`, for a tool that shows what graphs do, looks at whatever is not
 * `confidential`, and tries things out on threads of their own, which are marked `origin: 'studio'`.
 */
@Injectable()
export class StudioPolicy {
  @OnAuth(['threads:read', 'threads:search'])
  read({ user, permissions }: HandlerArgument<'threads:read' | 'threads:search'>) {
    const mine = { owner: user.identity };
    return permissions.includes(DEVELOPER) ? { $or: [mine, { confidential: { $ne: true } }] } : mine;
  }

  @OnAuth(['threads:create', 'threads:create_run'])
  create({ user, permissions, value }: HandlerArgument<'threads:create' | 'threads:create_run'>) {
    const origin = permissions.includes(DEVELOPER) ? { origin: 'studio' } : {};
    value.metadata = { ...value.metadata, ...origin, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth('threads')
  own({ user }: HandlerArgument<'threads'>) {
    return { owner: user.identity };
  }

  @OnAuth(['assistants:read', 'assistants:search'])
  assistants({ permissions }: HandlerArgument<'assistants:read' | 'assistants:search'>) {
    return permissions.includes(DEVELOPER) || { created_by: 'system' };
  }
}
