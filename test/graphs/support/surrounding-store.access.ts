import { StoreAccess, type StoreRequest } from '../../../src/graphs/store/store.access.js';

/**
 * Takes no decision: the work is done in the scope that surrounds it. Where that is neither a system scope nor holds a
 * decision for the resource `store`, the data source refuses it.
 */
export class SurroundingStoreAccess extends StoreAccess {
  override within<R extends StoreRequest, T>(request: R, work: (granted: R) => Promise<T>): Promise<T> {
    return work(request);
  }
}
