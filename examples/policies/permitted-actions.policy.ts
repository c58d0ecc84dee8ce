import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';

/**
 * Each action needs the permission of its name, such as `threads:read` or `assistants:delete`, and then reaches one's own. `threads:*`
 * stands for all actions of threads.
 */
@Injectable()
export class PermittedActionsPolicy {
  @OnAuth()
  own(argument: HandlerArgument) {
    requirePermission(argument);
    return { owner: argument.user.identity };
  }

  @OnAuth(['threads:create', 'threads:create_run', 'assistants:create'])
  create(argument: HandlerArgument<'threads:create' | 'threads:create_run' | 'assistants:create'>) {
    requirePermission(argument);
    const { user, value } = argument;
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }
}

function requirePermission({ event, resource, permissions }: HandlerArgument): void {
  if (!permissions.includes(event) && !permissions.includes(`${resource}:*`))
    throw new ForbiddenException(`This needs the permission ${event}.`);
}
