import { entitySchema } from '../http/schema/entity.schema.js';
import { OBJECT, TEXT, UUID, listOf, objectOf, selectionOf } from '../http/schema/json.schema.js';
import { AssistantVersion } from './assistant-version.entity.js';
import { Assistant } from './assistant.entity.js';
import { ASSISTANT_FIELDS, VERSION_FIELDS } from './assistant.presenter.js';
import { GRAPH_CONFIG } from './dto/graph-config.validation.js';

const KNOWN = { assistant_id: UUID, config: GRAPH_CONFIG, context: OBJECT, metadata: OBJECT } as const;

/** An assistant as the contract's section 2.1 has it. */
export const ASSISTANT = entitySchema('Assistant', Assistant, ASSISTANT_FIELDS, KNOWN);
export const FOUND_ASSISTANTS = listOf(selectionOf(ASSISTANT));
export const ASSISTANT_VERSIONS = listOf(
  entitySchema('AssistantVersion', AssistantVersion, VERSION_FIELDS, KNOWN),
);

export const DRAWING = objectOf('GraphDrawing', { nodes: listOf(OBJECT), edges: listOf(OBJECT) });

export const GRAPH_SCHEMAS = objectOf('GraphSchemas', {
  graph_id: TEXT,
  input_schema: OBJECT,
  output_schema: OBJECT,
  state_schema: OBJECT,
  config_schema: OBJECT,
  context_schema: OBJECT,
});
/** By the path of the subgraph. */
export const SUBGRAPHS = { title: 'Subgraphs', type: 'object', additionalProperties: GRAPH_SCHEMAS } as const;
