import { Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

/**
 * Everybody has their own. Who holds the permission `audit` reads everything, and does nothing else: not even for themselves,
 * so that an auditor leaves no trace in what is audited.
 */
@Injectable()
export class AuditorPolicy {
  @OnAuth(['*:read', '*:search'])
  read({ user, permissions }: HandlerArgument<'*:read' | '*:search'>) {
    return permissions.includes('audit') || { owner: user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run', 'assistants:create'])
  create({
    user,
    permissions,
    value,
  }: HandlerArgument<'threads:create' | 'threads:create_run' | 'assistants:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return !permissions.includes('audit') && { owner: user.identity };
  }

  @OnAuth()
  write({ user, permissions }: HandlerArgument) {
    return !permissions.includes('audit') && { owner: user.identity };
  }
}
