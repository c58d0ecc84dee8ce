import { IsNotEmpty, IsOptional, IsString } from 'class-validator';
import type { GraphConfig } from '../../graphs/graph.js';
import type { JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { IsOptionalObject } from '../../http/validation.js';
import { idsWithin } from '../../on-auth/index.js';
import { AssistantId } from './assistant-id.dto.js';
import { GRAPH_CONFIG_IDS, IsGraphConfig } from './graph-config.validation.js';

/** The body of `PATCH /assistants/{assistant_id}`: metadata is merged over what is stored, the rest replaces it. */
export class UpdateAssistant extends AssistantId {
  @IsOptional() @IsNotEmpty() @IsString() graph_id?: string;
  @IsOptional() @IsGraphConfig() config?: GraphConfig;
  @IsOptionalObject() context?: JsonObject;
  @IsOptionalObject() metadata?: JsonObject;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsString() description?: string;
}

export const updateAssistant = routeInput('assistants:update', {
  type: UpdateAssistant,
  ids: {
    assistant_id: 'path',
    graph_id: { in: 'body', resource: 'none' },
    ...idsWithin('config', GRAPH_CONFIG_IDS),
  },
  value: ({ id, graph_id, config, context, metadata, name, description }) => ({
    assistant_id: id,
    ...(graph_id !== undefined && { graph_id }),
    ...(config && { config: structuredClone(config) }),
    ...(context && { context: structuredClone(context) }),
    ...(metadata && { metadata: withoutReserved(metadata) }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  }),
  honours: ['metadata'],
});
