import { IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { v7 as uuid } from 'uuid';
import type { GraphConfig } from '../../graphs/graph.js';
import type { JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { idsWithin } from '../../on-auth/index.js';
import { FieldSchema } from '../../http/schema/field.schema.js';
import { IsId, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import { GRAPH_CONFIG_IDS, IsGraphConfig } from './graph-config.validation.js';

/** The body of `POST /assistants`. */
export class CreateAssistant {
  @FieldSchema({ examples: ['agent'] }) @IsNotEmpty() @IsString() graph_id!: string;
  @IsId() assistant_id: string = uuid();
  @IsGraphConfig() config: GraphConfig = {};
  @IsOptionalObject() context: JsonObject = {};
  @IsOptionalObject() metadata: JsonObject = {};
  @IsOneOf(['raise', 'do_nothing']) if_exists: 'raise' | 'do_nothing' = 'raise';
  @IsString() name = 'Untitled';
  @IsOptional() @IsString() description: string | null = null;
}

export const createAssistant = routeInput('assistants:create', {
  type: CreateAssistant,
  ids: {
    assistant_id: { in: 'body', refusal: 409 },
    graph_id: { in: 'body', resource: 'none' },
    ...idsWithin('config', GRAPH_CONFIG_IDS),
  },
  value: ({ assistant_id, graph_id, config, context, metadata, if_exists, name, description }) => ({
    assistant_id,
    graph_id,
    config: structuredClone(config),
    context: structuredClone(context),
    metadata: withoutReserved(metadata),
    if_exists,
    name,
    description,
  }),
  honours: ['metadata'],
});
