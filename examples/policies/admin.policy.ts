import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

const ADMIN = 'admin';

/** Everybody has their own; who holds the permission `admin` reaches everything, and alone may give a row to somebody else. */
@Injectable()
export class AdminPolicy {
  @OnAuth()
  all({ user, permissions }: HandlerArgument) {
    return permissions.includes(ADMIN) || { owner: user.identity };
  }

  /** Also what an admin creates has an owner: the admin, or whom the admin names. */
  @OnAuth(['threads:create', 'threads:create_run', 'assistants:create'])
  create({
    user,
    permissions,
    value,
  }: HandlerArgument<'threads:create' | 'threads:create_run' | 'assistants:create'>) {
    if (permissions.includes(ADMIN)) {
      value.metadata = { owner: user.identity, ...value.metadata };
      return true;
    }
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth(['threads:update', 'assistants:update'])
  update({ user, permissions, value }: HandlerArgument<'threads:update' | 'assistants:update'>) {
    if (permissions.includes(ADMIN)) return true;
    if ('owner' in (value.metadata ?? {})) throw new ForbiddenException('Only an admin gives things away.');
    return { owner: user.identity };
  }
}
