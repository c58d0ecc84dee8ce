import { Cron as Pattern, CronPattern } from 'croner';
import { BoundedCache } from '../persistence/bounded.cache.js';

const MAX_LENGTH = 256;
/** To read an expression costs more than to find its next occurrence, and crons fire again and again. */
const REMEMBERED = 1000;
/** Nicknames are no five fields, and croner takes a question mark for the moment at which it is read. */
const UNSUPPORTED = /[@?]/;

/** Not a cron expression of five fields, or not a time zone. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
}

/**
 * The occurrences of a cron expression in a time zone. The one place that knows the library.
 *
 * Where clocks change (contract 5.21): a local time that is skipped occurs at the next valid minute, and one that comes twice
 * occurs once, at the first. Croner does so for times that are named, but counts wildcards and steps as intervals; they are
 * spelled out, so that one rule holds for all.
 *
 * @example CronSchedule.of('30 2 * * *', 'Europe/Berlin').next(new Date('2026-03-28T12:00Z')) // 03:00 local time
 */
export class CronSchedule {
  private static readonly known = new BoundedCache<string, CronSchedule>(REMEMBERED);
  private readonly pattern: Pattern;

  /** @param timezone an IANA name; null for UTC @throws InvalidScheduleError */
  static of(expression: string, timezone: string | null): CronSchedule {
    const key = JSON.stringify([expression, timezone]);
    return CronSchedule.known.getOrCompute(key, () => new CronSchedule(expression, timezone));
  }

  private constructor(expression: string, timezone: string | null) {
    if (timezone !== null && !isTimezone(timezone)) throw new InvalidScheduleError('not a time zone');
    try {
      this.pattern = new Pattern(withNamedTimes(expression), {
        mode: '5-part',
        fixedTimeRule: 'no-wildcard',
        timezone: timezone ?? 'UTC',
      });
    } catch (cause) {
      throw new InvalidScheduleError('not a cron expression of five fields', { cause });
    }
  }

  /** The first occurrence after a moment; null when there is none, ever. */
  next(after: Date): Date | null {
    return this.pattern.nextRun(after);
  }
}

export function isTimezone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[a-z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Minutes and hours as lists. @throws InvalidScheduleError, and what croner throws */
function withNamedTimes(expression: string): string {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 || expression.length > MAX_LENGTH || UNSUPPORTED.test(expression))
    throw new InvalidScheduleError('not five fields');
  const { minute, hour } = new CronPattern(expression, undefined, { mode: '5-part' });
  return [listOf(minute), listOf(hour), ...fields.slice(2)].join(' ');
}

function listOf(marks: readonly number[]): string {
  return marks.flatMap((marked, value) => (marked ? [value] : [])).join(',');
}
