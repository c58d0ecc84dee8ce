/** The read replica cannot do what it is configured for. The message says why, and never holds its URL. */
export class ReadReplicaError extends Error {
  override readonly name = 'ReadReplicaError';
}
