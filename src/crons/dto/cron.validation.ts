import { TEXT } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { CronSchedule, isTimezone } from '../cron.schedule.js';

/** A date, a time to the minute at least, and where it is: without an offset it is UTC. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

export function IsSchedule(): PropertyDecorator {
  return rule('isSchedule', {
    validate: firesSometime,
    problem: () => 'must be a cron expression of five fields that fires at some time',
    schema: { type: 'string', examples: ['0 9 * * 1-5'] },
  });
}

export function IsTimezone(): PropertyDecorator {
  return rule('isTimezone', {
    validate: isTimezone,
    problem: () => 'must be the IANA name of a time zone',
    schema: { type: 'string', examples: ['Europe/Berlin'] },
  });
}

/** A moment that is not over. */
export function IsEndTime(): PropertyDecorator {
  return rule('isEndTime', {
    validate: isFuture,
    problem: () => 'must be an ISO 8601 time in the future',
    schema: TEXT,
  });
}

/** @param time that `IsEndTime` has accepted */
export function endTimeOf(time: string): Date {
  return new Date(/T[^Z+-]*$/.test(time) ? `${time}Z` : time);
}

function firesSometime(expression: unknown): boolean {
  if (typeof expression !== 'string') return false;
  try {
    return CronSchedule.of(expression, null).next(new Date()) !== null;
  } catch {
    return false;
  }
}

function isFuture(time: unknown): boolean {
  return typeof time === 'string' && ISO_TIME.test(time) && endTimeOf(time).getTime() > Date.now();
}
