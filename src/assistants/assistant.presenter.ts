import type { JsonObject } from '../http/json.js';
import { presentFields } from '../http/row.presenter.js';
import type { AssistantVersion } from './assistant-version.entity.js';
import type { Assistant } from './assistant.entity.js';

export const VERSION_FIELDS = [
  'assistant_id',
  'graph_id',
  'config',
  'context',
  'created_at',
  'metadata',
  'version',
  'name',
  'description',
] as const;

export const ASSISTANT_FIELDS = [...VERSION_FIELDS, 'updated_at'] as const;
export type AssistantField = (typeof ASSISTANT_FIELDS)[number];

/** An assistant as the contract's section 2.1 has it. */
export function presentAssistant(
  assistant: Assistant,
  { select = ASSISTANT_FIELDS }: { readonly select?: readonly AssistantField[] } = {},
): JsonObject {
  return presentFields(assistant, select);
}

/** As an assistant, but without the time of a last change. */
export function presentVersion(version: AssistantVersion): JsonObject {
  return presentFields(version, VERSION_FIELDS);
}
