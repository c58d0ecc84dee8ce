import { Injectable } from '@nestjs/common';
import { StoreAccess, type StoreRequest } from '../graphs/store/store.access.js';
import { Authorizer, type AuthValue } from '../on-auth/index.js';
import { checkLeft } from './left.value.js';
import type { StoreEvent } from './store.events.js';

/**
 * Has every use of the store inside a graph decided for the principal whose run it is, by the handlers of `store:*`: they may rewrite
 * the namespace, refuse, or return a filter about the value joined with `namespace` and `key`.
 */
@Injectable()
export class AuthorizedStoreAccess extends StoreAccess {
  constructor(private readonly authorizer: Authorizer) {
    super();
  }

  override within<R extends StoreRequest, T>(request: R, work: (granted: R) => Promise<T>): Promise<T> {
    const event: StoreEvent = `store:${request.action}`;
    const value = valueOf(request);
    return this.authorizer.within(event, value, () => work({ ...request, ...checkLeft(event, value) }));
  }
}

/** What handlers see: the request without what only the store needs. */
function valueOf(request: StoreRequest): AuthValue<StoreEvent> {
  const { action: _action, ...rest } = request;
  if (!('further' in rest)) return rest;
  const { further: _further, ...value } = rest;
  return value;
}
