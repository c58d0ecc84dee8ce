import { IsOptional } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { wantsMinimal } from '../../http/page.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { IsOptionalObject } from '../../http/validation.js';
import { ThreadId } from './thread-id.dto.js';
import { IsTtl, type ThreadTtl } from './thread-ttl.dto.js';

/** The body of `PATCH /threads/{thread_id}`: metadata is merged over what is stored. */
export class UpdateThread extends ThreadId {
  @IsOptionalObject() metadata?: JsonObject;
  @IsOptional() @IsTtl() ttl?: ThreadTtl;
  @IsOptional() prefer?: string;

  get wantsNoBody(): boolean {
    return wantsMinimal(this.prefer);
  }
}

export const updateThread = routeInput('threads:update', {
  type: UpdateThread,
  ids: { thread_id: 'path' },
  headers: { prefer: 'prefer' },
  value: ({ thread_id, metadata }) => ({
    thread_id,
    ...(metadata && { metadata: withoutReserved(metadata) }),
  }),
  honours: ['metadata'],
});
