import type { Principal } from '../on-auth/index.js';
import { nextRunDate } from './cron.dates.js';
import { Cron } from './cron.entity.js';
import { endTimeOf } from './dto/cron.validation.js';
import type { CreateCron, CreateThreadCron } from './dto/create-cron.dto.js';
import type { UpdateCron } from './dto/update-cron.dto.js';

/** The row of a new cron. */
export function newCron(request: CreateCron | CreateThreadCron, principal: Principal): Cron {
  const { cron_id, schedule, timezone = null, end_time, enabled, metadata, payload } = request;
  const now = new Date();
  const timing = {
    schedule,
    timezone,
    enabled,
    end_time: end_time === undefined ? null : endTimeOf(end_time),
  };
  const onThread = 'thread_id' in request;
  return Object.assign(new Cron(), {
    ...timing,
    cron_id,
    assistant_id: payload.assistant_id,
    thread_id: onThread ? request.thread_id : null,
    on_run_completed: onThread ? null : request.on_run_completed,
    created_at: now,
    updated_at: now,
    user_id: principal.identity,
    principal,
    payload,
    metadata,
    revision: 0,
    next_run_date: nextRunDate(timing, now),
    claimed_until: null,
    attempts: 0,
    last_fired_at: null,
    last_error: null,
  });
}

/**
 * What a change makes of a cron. An occurrence that is due stays due unless the change is about time. Whoever created the cron renews
 * by a change what is recorded of them; nobody else takes it over.
 */
export function changeOf(cron: Cron, change: UpdateCron, principal: Principal): Partial<Cron> {
  const now = new Date();
  const timing = {
    schedule: change.schedule ?? cron.schedule,
    timezone: change.timezone ?? cron.timezone,
    enabled: change.enabled ?? cron.enabled,
    end_time: change.endTime === undefined ? cron.end_time : change.endTime,
  };
  const runMetadata = { ...cron.payload.metadata, ...change.payload.metadata };
  const payload = { ...cron.payload, ...change.payload, metadata: runMetadata };
  return {
    ...timing,
    payload,
    assistant_id: payload.assistant_id,
    metadata: { ...cron.metadata, ...change.metadata },
    ...(cron.thread_id === null && {
      on_run_completed: change.on_run_completed ?? cron.on_run_completed,
    }),
    ...(principal.identity === cron.user_id && { principal }),
    ...(!isSameTiming(cron, timing) && { next_run_date: nextRunDate(timing, now), attempts: 0 }),
    updated_at: now,
    revision: cron.revision + 1,
    claimed_until: null,
  };
}

type Timing = Pick<Cron, 'schedule' | 'timezone' | 'enabled' | 'end_time'>;

function isSameTiming(one: Timing, other: Timing): boolean {
  return (
    one.schedule === other.schedule &&
    one.timezone === other.timezone &&
    one.enabled === other.enabled &&
    one.end_time?.getTime() === other.end_time?.getTime()
  );
}
