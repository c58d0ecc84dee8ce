/** A namespace, key, value or filter that the store cannot take. Answered as 422. */
export class InvalidStoreItemError extends Error {
  override readonly name = 'InvalidStoreItemError';
}

/** The embedding function failed, or gave no vectors of the configured size. Nothing was stored or found. Answered as 503. */
export class EmbeddingFailedError extends Error {
  override readonly name = 'EmbeddingFailedError';
}
