import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import { ExactRanking } from './exact.ranking.js';
import { preparePgvector } from './pgvector.preparation.js';
import { PgvectorRanking } from './pgvector.ranking.js';
import { StoreEmbedder, type EmbeddedText, type IndexChoice } from './store.embedder.js';
import { InvalidStoreItemError } from './store.errors.js';
import type { StoreItem } from './store-item.entity.js';
import { STORE_SETTINGS, type StoreSettings } from '../store.settings.js';
import { StoreVector } from './store-vector.entity.js';
import { vectorText, type RankedItem, type StorePage, type VectorRanking } from './vector.ranking.js';

/** What the items of the store mean, where embeddings are configured. Scoped like the items themselves. */
@Injectable()
export class StoreVectors implements OnModuleInit {
  private readonly logger = new Logger(StoreVectors.name);
  private readonly embedder: StoreEmbedder | undefined;
  private ranking: VectorRanking = new ExactRanking();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORE_SETTINGS) { index }: StoreSettings,
  ) {
    this.embedder = index && new StoreEmbedder(index);
  }

  /** Has the database rank where it can. */
  async onModuleInit(): Promise<void> {
    if (!this.embedder) return;
    const canRank = await preparePgvector(this.dataSource, this.embedder.dims).catch((error: unknown) => {
      this.logger.warn(`pgvector is not used, vectors are compared in this process: ${String(error)}`);
      return false;
    });
    if (canRank) this.ranking = new PgvectorRanking();
  }

  /**
   * What there is to keep of a value; nothing where no embeddings are configured. Takes its time: not for transactions.
   *
   * @throws EmbeddingFailedError, InvalidStoreItemError
   */
  async embed(value: object, choice: IndexChoice): Promise<readonly EmbeddedText[] | undefined> {
    return this.embedder?.embedValue(value, choice);
  }

  /** Puts the vectors of an item in the place of those that it had. */
  async replace(
    manager: EntityManager,
    { namespace, key, updated_at }: Pick<StoreItem, 'namespace' | 'key' | 'updated_at'>,
    texts: readonly EmbeddedText[],
  ): Promise<void> {
    await manager.delete(StoreVector, { namespace, key });
    if (texts.length === 0) return;
    const rows = texts.map(({ path, vector }, place) => {
      const text = vectorText(vector);
      return rowOf<StoreVector>({
        namespace,
        key,
        place,
        path,
        dims: vector.length,
        vector: text,
        put_at: updated_at,
      });
    });
    await manager.createQueryBuilder().insert().into(StoreVector).values(rows).updateEntity(false).execute();
  }

  /**
   * @param visible selects, as `item`, what may be found
   * @throws InvalidStoreItemError where no embeddings are configured, EmbeddingFailedError
   */
  async rank(
    visible: SelectQueryBuilder<StoreItem>,
    query: string,
    page: StorePage,
  ): Promise<readonly RankedItem[]> {
    if (!this.embedder)
      throw new InvalidStoreItemError('query needs an embedding function, and none is configured');
    const vector = await this.embedder.embedQuery(query);
    return vector ? this.ranking.rank(visible, vector, page) : [];
  }
}
