import { InvalidStateUpdateError } from '../graph.errors.js';

/**
 * Tells updates that a graph cannot take from faults of the server. LangGraph says the former in three ways: an error class
 * of its own, an error code, or the sentence about a subgraph.
 */
export async function refusingUpdates<T>(update: () => Promise<T>): Promise<T> {
  try {
    return await update();
  } catch (error) {
    if (!(error instanceof Error) || !isRefusal(error)) throw error;
    throw new InvalidStateUpdateError(firstLine(error.message), { cause: error });
  }
}

function isRefusal(error: Error): boolean {
  if (error.name === 'InvalidUpdateError') return true;
  if ('lc_error_code' in error && error.lc_error_code !== undefined) return true;
  return /^Subgraph ".*" not found$/.test(error.message);
}

/** What follows is a link for developers. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
