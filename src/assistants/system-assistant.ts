import { assistantIdOf } from '../graphs/assistant.id.js';
import { foldName, type Assistant } from './assistant.entity.js';
import type { GraphDefaults } from './graph.defaults.js';

const CREATED_BY_SYSTEM = { created_by: 'system' } as const;

/** What the server itself says about a graph's assistant. */
export type SystemAssistantState = Omit<Assistant, 'created_at' | 'updated_at'>;

/**
 * The assistant that a graph has without anybody creating one. It stays as the server's configuration says: version 1, for ever.
 */
export function systemAssistantFor(
  graphId: string,
  { config = {}, context = {} }: GraphDefaults[string] = {},
): SystemAssistantState {
  return {
    assistant_id: assistantIdOf(graphId),
    graph_id: graphId,
    config,
    context,
    metadata: { ...CREATED_BY_SYSTEM },
    version: 1,
    last_version: 1,
    name: graphId,
    folded_name: foldName(graphId),
    description: null,
  };
}

/** By its id too: metadata can be stamped by a policy, but the id of a graph is taken from the moment the server knows it. */
export function isSystemAssistant({ assistant_id, graph_id, metadata }: Assistant): boolean {
  return metadata.created_by === CREATED_BY_SYSTEM.created_by && assistant_id === assistantIdOf(graph_id);
}
