import { Logger } from '@nestjs/common';
import { textsAt, WHOLE, type IndexedText } from './indexed.text.js';
import { EmbeddingFailedError } from './store.errors.js';
import type { StoreIndex } from '../store.settings.js';

export type Vector = readonly number[];

export interface EmbeddedText extends IndexedText {
  readonly vector: Vector;
}

/** What of an item is embedded: the paths of members, or nothing; undefined for what is configured. */
export type IndexChoice = readonly string[] | false | undefined;

/** Has texts turned into vectors. What comes back is not trusted: anything but as many vectors of the right size is a failure. */
export class StoreEmbedder {
  private readonly logger = new Logger(StoreEmbedder.name);

  constructor(private readonly index: StoreIndex) {}

  get dims(): number {
    return this.index.dims;
  }

  /** @throws EmbeddingFailedError, InvalidStoreItemError */
  async embedValue(value: object, choice: IndexChoice): Promise<readonly EmbeddedText[]> {
    if (choice === false) return [];
    const texts = textsAt(value, choice ?? this.index.fields ?? [WHOLE]);
    if (texts.length === 0) return [];
    const vectors = await this.attempt(() =>
      this.index.embeddings.embedDocuments(texts.map(({ text }) => text)),
    );
    if (!Array.isArray(vectors) || vectors.length !== texts.length)
      throw this.failure('it did not give one vector for each text');
    return texts
      .map((text, place) => ({ ...text, vector: this.checked(vectors[place]) }))
      .filter(({ vector }) => hasDirection(vector));
  }

  /**
   * Nothing for a query that resembles nothing.
   * @throws EmbeddingFailedError
   */
  async embedQuery(query: string): Promise<Vector | undefined> {
    const vector = this.checked(await this.attempt(() => this.index.embeddings.embedQuery(query)));
    return hasDirection(vector) ? vector : undefined;
  }

  private async attempt<T>(embed: () => Promise<T>): Promise<T> {
    try {
      return await embed();
    } catch (error) {
      throw this.failure('it threw', error);
    }
  }

  private checked(vector: unknown): Vector {
    if (Array.isArray(vector) && vector.length === this.dims && vector.every(Number.isFinite))
      return vector as number[];
    throw this.failure(`it did not give vectors of ${this.dims} numbers`);
  }

  /** What was thrown may quote what was embedded, or a key: neither the client nor the log is told more than its kind. */
  private failure(why: string, cause?: unknown): EmbeddingFailedError {
    const kind = cause instanceof Error ? ` ${cause.name}` : '';
    this.logger.error(`The embedding function failed: ${why}${kind}.`);
    return new EmbeddingFailedError('The embedding function failed', { cause });
  }
}

/** Nothing can be compared with a vector of length zero. */
function hasDirection(vector: Vector): boolean {
  return vector.some((component) => component !== 0);
}
