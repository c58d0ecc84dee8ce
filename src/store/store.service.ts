import { Injectable } from '@nestjs/common';
import { StoreItems, type Found, type StoredItem } from '../graphs/store/store.items.js';
import type { Page } from '../http/page.js';
import type { GetItem, ItemAddress } from './dto/item-address.dto.js';
import type { ListNamespaces } from './dto/list-namespaces.dto.js';
import type { PutItem } from './dto/put-item.dto.js';
import type { SearchItems } from './dto/search-items.dto.js';

/** The store over HTTP: the same items as inside graphs, with what the handler left of each request. */
@Injectable()
export class StoreService {
  constructor(private readonly items: StoreItems) {}

  /** Nothing for an item that is missing or out of reach. */
  get({ granted, refresh_ttl: refreshTtl }: GetItem): Promise<StoredItem | null> {
    return this.items.get(granted.namespace, granted.key, { refreshTtl });
  }

  /** @throws ScopeViolationError over an item that is out of reach, or of one that would be */
  put({ granted: { namespace, key, value }, ttl, index }: PutItem): Promise<void> {
    return this.items.put(namespace, key, value, { ttl, index });
  }

  delete({ granted: { namespace, key } }: ItemAddress): Promise<void> {
    return this.items.delete(namespace, key);
  }

  async search({ filter, refresh_ttl, granted }: SearchItems): Promise<Page<StoredItem>> {
    const { filter: narrowed, ...search } = granted;
    const filters = [filter, narrowed];
    return pageOf(await this.items.search({ ...search, filters, refreshTtl: refresh_ttl }), granted);
  }

  async listNamespaces({ granted }: ListNamespaces): Promise<Page<string[]>> {
    const { namespace, max_depth, ...search } = granted;
    return pageOf(
      await this.items.listNamespaces({ ...search, prefix: namespace, maxDepth: max_depth }),
      granted,
    );
  }
}

function pageOf<T>(
  { rows, more }: Found<T>,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Page<T> {
  return { rows, ...(more && { next: offset + limit }) };
}
