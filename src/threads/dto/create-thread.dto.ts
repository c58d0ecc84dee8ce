import { IsOptional } from 'class-validator';
import { v7 as uuid } from 'uuid';
import type { JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { IsId, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import { IsSupersteps, type SuperstepDto } from './supersteps.dto.js';
import { IsTtl, ttlValue, type ThreadTtl } from './thread-ttl.dto.js';

/** The body of `POST /threads`. */
export class CreateThread {
  @IsId() thread_id: string = uuid();
  @IsOptionalObject() metadata: JsonObject = {};
  @IsOneOf(['raise', 'do_nothing']) if_exists: 'raise' | 'do_nothing' = 'raise';
  @IsOptional() @IsTtl() ttl?: ThreadTtl;
  @IsOptional() @IsSupersteps() supersteps?: readonly SuperstepDto[];
}

export const createThread = routeInput('threads:create', {
  type: CreateThread,
  ids: { thread_id: { in: 'body', refusal: 409 } },
  value: ({ thread_id, metadata, if_exists, ttl }) => ({
    thread_id,
    metadata: withoutReserved(metadata),
    if_exists,
    ...(ttl !== undefined && { ttl: ttlValue(ttl) }),
  }),
  honours: ['metadata'],
});
