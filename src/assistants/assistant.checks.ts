import { ForbiddenException, NotFoundException } from '@nestjs/common';
import { GraphNotFoundError } from '../graphs/graph.errors.js';
import type { GraphRegistry } from '../graphs/graph.registry.js';
import type { Assistant } from './assistant.entity.js';
import { isSystemAssistant } from './system-assistant.js';

/** One answer for all assistants that are not there, or not for the caller. @throws NotFoundException */
export function failToFind(): never {
  throw new NotFoundException('Assistant not found');
}

/** @throws GraphNotFoundError for a graph that this server does not have */
export function requireGraph(graphs: GraphRegistry, graphId: string): void {
  if (!graphs.has(graphId)) throw new GraphNotFoundError(graphId);
}

/**
 * What everybody runs is changed by nobody, whichever rows a policy shows for update: it follows the server's configuration.
 *
 * @throws ForbiddenException, and not as if it did not exist: the caller's filter for this very event shows it
 */
export function refuseSystemAssistant(assistant: Assistant): void {
  if (isSystemAssistant(assistant)) throw new ForbiddenException('System assistants cannot be changed');
}
