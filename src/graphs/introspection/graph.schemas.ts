import { messagesStateReducer } from '@langchain/langgraph';
import {
  getConfigTypeSchema,
  getInputTypeSchema,
  getOutputTypeSchema,
  getStateTypeSchema,
} from '@langchain/langgraph/zod/schema';
import { toJsonObject, type JsonObject } from '../execution/serialize.js';
import type { Graph } from '../graph.js';

/** The JSON Schemas of a graph. Config and context are one and the same: LangGraph knows one schema for both. */
export interface GraphSchemas {
  readonly graph_id: string;
  readonly input_schema: JsonObject;
  readonly output_schema: JsonObject;
  readonly state_schema: JsonObject;
  readonly config_schema: JsonObject;
  readonly context_schema: JsonObject;
}

const DRAFT = 'http://json-schema.org/draft-07/schema#';
/** What the reference server says of a list of messages, for clients that show it as a conversation. */
const MESSAGES: JsonObject = { type: 'array', items: { type: 'object' }, langgraph_type: 'messages' };

/**
 * From a graph's own schemas where it has them at run time, that is from zod or another schema library. Annotations are types,
 * which are gone by then; of those the names of the channels are known, and that one holds messages.
 */
export function schemasOf(graphId: string, graph: Graph): GraphSchemas {
  const context = stated(getConfigTypeSchema(graph)) ?? { type: 'object', $schema: DRAFT };
  return {
    graph_id: graphId,
    input_schema: stated(getInputTypeSchema(graph)) ?? ofChannels(graph, '_inputDefinition'),
    output_schema: stated(getOutputTypeSchema(graph)) ?? ofChannels(graph, '_outputDefinition'),
    state_schema: stated(getStateTypeSchema(graph)) ?? ofChannels(graph, '_schemaDefinition'),
    config_schema: context,
    context_schema: context,
  };
}

function stated(schema: object | undefined): JsonObject | undefined {
  return schema && toJsonObject(schema);
}

function ofChannels(graph: Graph, definition: string): JsonObject {
  const channels = Object.entries(channelsOf(graph, definition)).filter(([name]) => !isInternal(name));
  // A graph without channels of its own, as of the functional API, takes and gives anything.
  if (channels.length === 0) return { $schema: DRAFT };
  const properties = channels.map(([name, channel]): [string, JsonObject] => [
    name,
    holdsMessages(channel) ? MESSAGES : {},
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), $schema: DRAFT };
}

/** The builder keeps them apart; a graph without one has all in one place. */
function channelsOf(graph: Graph, definition: string): object {
  const builder: unknown = 'builder' in graph ? graph.builder : undefined;
  const known: unknown =
    typeof builder === 'object' && builder !== null && definition in builder
      ? Reflect.get(builder, definition)
      : graph.channels;
  return typeof known === 'object' && known !== null ? known : {};
}

function isInternal(channel: string): boolean {
  return channel.startsWith('__') || channel.startsWith('branch:');
}

function holdsMessages(channel: unknown): boolean {
  return (
    typeof channel === 'object' &&
    channel !== null &&
    'operator' in channel &&
    channel.operator === messagesStateReducer
  );
}
