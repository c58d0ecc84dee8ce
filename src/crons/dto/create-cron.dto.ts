import { IsOptional, Length } from 'class-validator';
import { v7 as uuid } from 'uuid';
import { assistantIdOf } from '../../graphs/assistant.id.js';
import type { JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { FieldSchema } from '../../http/schema/field.schema.js';
import { IsFlag, IsId, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import { HandlerFaultError, type Principal } from '../../on-auth/index.js';
import type { OnRunCompleted } from '../cron.entity.js';
import type { CronPayload } from '../cron.payload.js';
import type { CronsCreateValue } from '../crons.events.js';
import { CRON_BODY_IDS, CronRunFields, withRunFields } from './cron-run.dto.js';
import { endTimeOf, IsEndTime, IsSchedule, IsTimezone } from './cron.validation.js';

/** The body of `POST /runs/crons`: each run gets a thread of its own. */
export class CreateCron extends CronRunFields {
  /** Not a field of the body. */
  readonly cron_id: string = uuid();

  @FieldSchema({ examples: ['agent'] })
  @Length(1, 512, { message: '$property must be the id of an assistant or of a graph' })
  assistant_id!: string;

  @IsSchedule() schedule!: string;
  @IsOptional() @IsTimezone() timezone?: string;
  @IsOptional() @IsEndTime() end_time?: string;
  @IsFlag() enabled = true;
  @IsOneOf(['delete', 'keep']) on_run_completed: OnRunCompleted = 'delete';
  /** Of the cron, and of its runs. */
  @IsOptionalObject() metadata: JsonObject = {};
  /** The metadata of the runs, after a handler has seen it. */
  runMetadata?: JsonObject;

  get payload(): CronPayload {
    return {
      ...this.runFields,
      assistant_id: assistantIdOf(this.assistant_id),
      metadata: this.runMetadata ?? withoutReserved(this.metadata),
    };
  }
}

/** The same on a thread, which is in the path. */
export class CreateThreadCron extends CreateCron {
  @IsId() thread_id!: string;

  override get payload(): CronPayload {
    return { ...super.payload, thread_id: this.thread_id };
  }
}

export const createCron = withRunFields(
  routeInput('crons:create', {
    type: CreateCron,
    ids: CRON_BODY_IDS,
    nullable: ['input'],
    value: valueOf,
    accept: acceptedOf,
  }),
);

export const createThreadCron = withRunFields(
  routeInput('crons:create', {
    type: CreateThreadCron,
    ids: { thread_id: { in: 'path', resource: 'threads' }, ...CRON_BODY_IDS },
    nullable: ['input'],
    value: valueOf,
    accept: acceptedOf,
  }),
);

/** Copies, so that nothing but the metadata of what a handler changes reaches the cron. */
function valueOf(request: CreateCron | CreateThreadCron, { identity }: Principal): CronsCreateValue {
  const { cron_id, payload, schedule, timezone, end_time, enabled, metadata } = request;
  return {
    cron_id,
    payload: structuredClone(payload),
    schedule,
    ...(timezone !== undefined && { timezone }),
    ...('thread_id' in request && { thread_id: request.thread_id }),
    user_id: identity,
    ...(end_time !== undefined && { end_time: endTimeOf(end_time).toISOString() }),
    enabled,
    metadata: withoutReserved(metadata),
  };
}

function acceptedOf(_: CreateCron, { metadata, payload }: CronsCreateValue): Partial<CreateCron> {
  const runMetadata: unknown = payload.metadata;
  if (typeof runMetadata !== 'object' || runMetadata === null || Array.isArray(runMetadata))
    throw new HandlerFaultError('the handler of crons:create left payload.metadata that is no JSON object');
  return { metadata, runMetadata: runMetadata as JsonObject };
}
