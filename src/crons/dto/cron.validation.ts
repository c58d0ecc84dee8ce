import { ValidateBy, buildMessage } from 'class-validator';
import { CronSchedule, isTimezone } from '../cron.schedule.js';

/** A date, a time to the minute at least, and where it is: without an offset it is UTC. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

export function IsSchedule(): PropertyDecorator {
  return rule(
    'isSchedule',
    firesSometime,
    'must be a cron expression of five fields that fires at some time',
  );
}

export function IsTimezone(): PropertyDecorator {
  return rule('isTimezone', isTimezone, 'must be the IANA name of a time zone');
}

/** A moment that is not over. */
export function IsEndTime(): PropertyDecorator {
  return rule('isEndTime', isFuture, 'must be an ISO 8601 time in the future');
}

/** @param time that `IsEndTime` has accepted */
export function endTimeOf(time: string): Date {
  return new Date(/T[^Z+-]*$/.test(time) ? `${time}Z` : time);
}

function rule(name: string, validate: (value: unknown) => boolean, problem: string): PropertyDecorator {
  return ValidateBy({
    name,
    validator: { validate, defaultMessage: buildMessage(() => `$property ${problem}`) },
  });
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
