import { ForbiddenException, Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument, type Principal } from 'onauth-server/on-auth';
import './orders.events.js';

/** The orders of a company are everybody's in it; who has `orders:ship` sends them out. */
@Injectable()
export class OrdersPolicy {
  @OnAuth('orders', 'place')
  place({ user, value }: HandlerArgument<'orders:place'>) {
    const company = companyOf(user);
    value.metadata = { ...value.metadata, company, placed_by: user.identity };
    return { company };
  }

  @OnAuth(['orders:read', 'orders:list'])
  read({ user }: HandlerArgument<'orders:read' | 'orders:list'>) {
    return { company: companyOf(user) };
  }

  @OnAuth('orders', 'ship')
  ship({ user, permissions }: HandlerArgument<'orders:ship'>) {
    return permissions.includes('orders:ship') && { company: companyOf(user) };
  }
}

/** A claim of the token. Whoever is of no company has no orders. */
function companyOf({ company }: Principal): string {
  if (typeof company !== 'string' || company === '') throw new ForbiddenException('You are of no company.');
  return company;
}
