import { Allow, IsOptional, IsString, MaxLength } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { flag, integer, text } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { IsFlag, IsLimit, IsOptionalObject } from '../../http/validation.js';
import { IsCheckpoint, checkpointIds, type CheckpointDto } from './checkpoint.dto.js';
import { ThreadId } from './thread-id.dto.js';

/** `GET /threads/{thread_id}/state`, and the same at one checkpoint of its path. */
export class ReadState extends ThreadId {
  @IsOptional() @IsString() @MaxLength(100) checkpoint_id?: string;
  @IsFlag() subgraphs = false;
}

export const readState = routeInput('threads:read', {
  type: ReadState,
  ids: { thread_id: 'path', checkpoint_id: { in: 'query', refusal: 'empty' } },
  query: { checkpoint_id: text, subgraphs: flag },
  value: ({ thread_id }) => ({ thread_id }),
});

/** The body of `POST /threads/{thread_id}/state/checkpoint`. */
export class ReadStateAt extends ThreadId {
  @IsCheckpoint() checkpoint!: CheckpointDto;
  @IsFlag() subgraphs = false;
}

export const readStateAt = routeInput('threads:read', {
  type: ReadStateAt,
  ids: { thread_id: 'path', ...checkpointIds('checkpoint') },
  value: ({ thread_id }) => ({ thread_id }),
});

/** The body of `POST /threads/{thread_id}/state`. */
export class UpdateState extends ThreadId {
  @Allow() values: unknown = null;
  @IsOptional() @IsString() @MaxLength(500) as_node?: string;
  @IsOptional() @IsCheckpoint() checkpoint?: CheckpointDto;
  @IsOptional() @IsString() @MaxLength(100) checkpoint_id?: string;
}

export const updateState = routeInput('threads:update', {
  type: UpdateState,
  ids: {
    thread_id: 'path',
    checkpoint_id: { in: 'body', refusal: 'empty' },
    ...checkpointIds('checkpoint'),
  },
  value: ({ thread_id }) => ({ thread_id }),
});

/** The query of `GET /threads/{thread_id}/history`. */
export class ReadHistory extends ThreadId {
  @IsLimit() limit = 10;
  /** A checkpoint, or its id: older ones only. */
  @IsOptional() @IsCheckpoint() before?: CheckpointDto | string;
}

export const readHistory = routeInput('threads:read', {
  type: ReadHistory,
  ids: { thread_id: 'path', before: { in: 'query', refusal: 'empty' } },
  query: { limit: integer, before: text },
  value: ({ thread_id }) => ({ thread_id }),
});

/** The body of `POST /threads/{thread_id}/history`. */
export class SearchHistory extends ReadHistory {
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
  @IsOptional() @IsCheckpoint() checkpoint?: CheckpointDto;
}

export const searchHistory = routeInput('threads:read', {
  type: SearchHistory,
  ids: { thread_id: 'path', ...checkpointIds('before'), ...checkpointIds('checkpoint') },
  value: ({ thread_id }) => ({ thread_id }),
});
