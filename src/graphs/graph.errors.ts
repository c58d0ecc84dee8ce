/** No graph is registered under this id. Answered as 404. */
export class GraphNotFoundError extends Error {
  override readonly name = 'GraphNotFoundError';
  constructor(readonly graphId: string) {
    super(`Graph "${graphId}" not found`);
  }
}

/** What was registered, or what a factory built, is no graph. At boot it stops the boot; the message names the cure. */
export class InvalidGraphError extends Error {
  override readonly name = 'InvalidGraphError';
}

/** A state update that the graph cannot take, such as one for an unknown node. Answered as 422. */
export class InvalidStateUpdateError extends Error {
  override readonly name = 'InvalidStateUpdateError';
}
