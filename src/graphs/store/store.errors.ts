/** A namespace, key, value or filter that the store cannot take. Answered as 422. */
export class InvalidStoreItemError extends Error {
  override readonly name = 'InvalidStoreItemError';
}
