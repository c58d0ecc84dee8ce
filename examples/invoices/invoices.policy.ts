import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '../../src/index.js';
import './invoices.events.js';

/** Everybody has their own invoices; who keeps the books (`invoices:audit`) reads them all. */
@Injectable()
export class InvoicesPolicy {
  @OnAuth('invoices', 'create')
  create({ user, value }: HandlerArgument<'invoices:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }

  @OnAuth(['invoices:read', 'invoices:search'])
  read({ user, permissions }: HandlerArgument<'invoices:read' | 'invoices:search'>) {
    return permissions.includes('invoices:audit') || { owner: user.identity };
  }

  @OnAuth('invoices', 'update')
  update({ user, value }: HandlerArgument<'invoices:update'>) {
    if (value.metadata && 'owner' in value.metadata)
      throw new ForbiddenException('An invoice stays with its owner.');
    return { owner: user.identity };
  }

  /** What is left: `invoices:delete`, and whatever is added to invoices one day. */
  @OnAuth('invoices')
  own({ user }: HandlerArgument<'invoices'>) {
    return { owner: user.identity };
  }
}
