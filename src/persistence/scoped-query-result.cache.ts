import type { QueryRunner } from 'typeorm';
import type { QueryResultCache } from 'typeorm/cache/QueryResultCache.js';
import type { QueryResultCacheOptions } from 'typeorm/cache/QueryResultCacheOptions.js';
import { AuthorizationContext } from '../on-auth/authorization.context.js';

/**
 * A query cache whose identifiers are those of one scope. TypeORM looks a result up by its identifier alone, whatever the SQL
 * and its parameters: without this, two principals would share rows. `remove` forgets what the current scope has stored.
 */
export class ScopedQueryResultCache implements QueryResultCache {
  constructor(private readonly cache: QueryResultCache) {}

  connect(): Promise<void> {
    return this.cache.connect();
  }

  disconnect(): Promise<void> {
    return this.cache.disconnect();
  }

  synchronize(runner?: QueryRunner): Promise<void> {
    return this.cache.synchronize(runner);
  }

  getFromCache(
    options: QueryResultCacheOptions,
    runner?: QueryRunner,
  ): Promise<QueryResultCacheOptions | undefined> {
    return this.cache.getFromCache(scoped(options), runner);
  }

  storeInCache(
    options: QueryResultCacheOptions,
    saved: QueryResultCacheOptions | undefined,
    runner?: QueryRunner,
  ): Promise<void> {
    return this.cache.storeInCache(scoped(options), saved, runner);
  }

  isExpired(saved: QueryResultCacheOptions): boolean {
    return this.cache.isExpired(saved);
  }

  clear(runner?: QueryRunner): Promise<void> {
    return this.cache.clear(runner);
  }

  remove(identifiers: string[], runner?: QueryRunner): Promise<void> {
    return this.cache.remove(identifiers.map(withScope), runner);
  }
}

function scoped(options: QueryResultCacheOptions): QueryResultCacheOptions {
  const { identifier } = options;
  return identifier === undefined ? options : { ...options, identifier: withScope(identifier) };
}

function withScope(identifier: string): string {
  const scope = AuthorizationContext.current();
  if (scope?.kind !== 'principal') return `${identifier}#${scope?.kind ?? 'none'}`;
  return `${identifier}#${JSON.stringify([scope.principal.identity, ...scope.decisions])}`;
}
