import { IsOptional, Length } from 'class-validator';
import { assistantIdOf } from '../../graphs/assistant.id.js';
import type { JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { IsFlag, IsId, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import type { OnRunCompleted } from '../cron.entity.js';
import type { CronPayload } from '../cron.payload.js';
import type { CronsUpdateValue } from '../crons.events.js';
import { CRON_BODY_IDS, CronRunFields, withRunFields } from './cron-run.dto.js';
import { endTimeOf, IsEndTime, IsSchedule, IsTimezone } from './cron.validation.js';

/** The body of `PATCH /runs/crons/{cron_id}`: metadata is merged over what is stored, the rest replaces it. */
export class UpdateCron extends CronRunFields {
  @IsId() cron_id!: string;

  @IsOptional()
  @Length(1, 512, { message: '$property must be the id of an assistant or of a graph' })
  assistant_id?: string;

  @IsOptional() @IsSchedule() schedule?: string;
  @IsOptional() @IsTimezone() timezone?: string;
  /** null takes the end away. */
  @IsOptional() @IsEndTime() end_time?: string | null;
  @IsOptional() @IsFlag() enabled?: boolean;
  @IsOptional() @IsOneOf(['delete', 'keep']) on_run_completed?: OnRunCompleted;
  @IsOptionalObject() metadata?: JsonObject;
  /** The metadata that the client gave, for the runs. */
  runMetadata?: JsonObject;

  get payload(): Partial<CronPayload> {
    const metadata = this.runMetadata ?? this.metadata;
    return {
      ...this.runFields,
      ...(this.assistant_id !== undefined && { assistant_id: assistantIdOf(this.assistant_id) }),
      ...(metadata && { metadata: withoutReserved(metadata) }),
    };
  }

  get endTime(): Date | null | undefined {
    return typeof this.end_time === 'string' ? endTimeOf(this.end_time) : this.end_time;
  }
}

export const updateCron = withRunFields(
  routeInput('crons:update', {
    type: UpdateCron,
    ids: { cron_id: 'path', ...CRON_BODY_IDS },
    nullable: ['input', 'end_time'],
    value: valueOf,
    accept: (input, { metadata }) => ({ metadata, runMetadata: input.metadata }),
  }),
);

function valueOf(request: UpdateCron): CronsUpdateValue {
  const { cron_id, payload, schedule, timezone, endTime, enabled, metadata } = request;
  return {
    cron_id,
    ...(Object.keys(payload).length > 0 && { payload: structuredClone(payload) }),
    ...(schedule !== undefined && { schedule }),
    ...(timezone !== undefined && { timezone }),
    ...(endTime !== undefined && { end_time: endTime?.toISOString() ?? null }),
    ...(enabled !== undefined && { enabled }),
    ...(metadata && { metadata: withoutReserved(metadata) }),
  };
}
