import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { IsLimit, IsOffset, IsOptionalObject } from '../../http/validation.js';
import { AssistantId } from './assistant-id.dto.js';

/** What an `integer` column holds. */
const MAX_VERSION = 2 ** 31 - 1;

/** The body of `POST /assistants/{assistant_id}/versions`. */
export class ListVersions extends AssistantId {
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
}

/** The body of `POST /assistants/{assistant_id}/latest`. */
export class SetLatestVersion extends AssistantId {
  @IsInt() @Min(1) @Max(MAX_VERSION) version!: number;
}

export const listVersions = routeInput('assistants:read', {
  type: ListVersions,
  ids: { assistant_id: 'path' },
  value: ({ id, metadata }) => ({
    assistant_id: id,
    ...(metadata && { metadata: structuredClone(metadata) }),
  }),
});

export const setLatestVersion = routeInput('assistants:update', {
  type: SetLatestVersion,
  ids: { assistant_id: 'path' },
  value: ({ id, version }) => ({ assistant_id: id, version }),
});
