import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';

const WRITE = 'threads:write';

/** Everybody reads their own threads; only who holds the permission `threads:write` changes or runs them. */
@Injectable()
export class PermissionPolicy {
  @OnAuth('threads')
  writeOwn({ user, permissions }: HandlerArgument<'threads'>) {
    if (!permissions.includes(WRITE)) throw new ForbiddenException(`This needs the permission ${WRITE}.`);
    return { owner: user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run'])
  createOwn({ user, permissions, value }: HandlerArgument<'threads:create' | 'threads:create_run'>) {
    if (!permissions.includes(WRITE)) throw new ForbiddenException(`This needs the permission ${WRITE}.`);
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth(['threads:read', 'threads:search'])
  readOwn({ user }: HandlerArgument<'threads:read' | 'threads:search'>) {
    return { owner: user.identity };
  }
}
