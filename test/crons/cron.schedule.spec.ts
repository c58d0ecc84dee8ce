import { describe, expect, it } from '@jest/globals';
import { CronSchedule, InvalidScheduleError, isTimezone } from '../../src/crons/cron.schedule.js';

/** The first occurrences after a moment. */
function occurrences(expression: string, timezone: string | null, after: string, count: number): string[] {
  const schedule = CronSchedule.of(expression, timezone);
  const found: string[] = [];
  let last: Date | null = new Date(after);
  while (found.length < count && (last = schedule.next(last))) found.push(last.toISOString().slice(0, 16));
  return found;
}

describe('a schedule', () => {
  it.each<[string, string | null, string, string[]]>([
    ['* * * * *', null, '2026-05-01T12:00:30Z', ['2026-05-01T12:01', '2026-05-01T12:02']],
    ['*/20 9-10 * * MON-FRI', null, '2026-05-01T10:30:00Z', ['2026-05-01T10:40', '2026-05-04T09:00']],
    ['0 0 13 * FRI', null, '2026-05-09T00:00:00Z', ['2026-05-13T00:00', '2026-05-15T00:00']],
    ['0 12 * * 0', null, '2026-05-01T00:00:00Z', ['2026-05-03T12:00', '2026-05-10T12:00']],
    ['0 12 * * 7', null, '2026-05-01T00:00:00Z', ['2026-05-03T12:00', '2026-05-10T12:00']],
    ['0 0 29 2 *', null, '2026-05-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['0 9 * * *', 'America/New_York', '2026-01-15T00:00:00Z', ['2026-01-15T14:00', '2026-01-16T14:00']],
    ['0 9 * * *', 'Asia/Kolkata', '2026-01-15T00:00:00Z', ['2026-01-15T03:30', '2026-01-16T03:30']],
  ])('%s in %s after %s', (expression, timezone, after, expected) => {
    expect(occurrences(expression, timezone, after, expected.length)).toEqual(expected);
  });

  it('does not occur again at the very moment of an occurrence', () => {
    const schedule = CronSchedule.of('0 * * * *', null);
    const hour = new Date('2026-05-01T12:00:00Z');
    expect(schedule.next(hour)).toEqual(new Date('2026-05-01T13:00:00Z'));
    expect(schedule.next(new Date(hour.getTime() - 1))).toEqual(hour);
  });

  it.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *'])('%s never occurs', (expression) => {
    expect(CronSchedule.of(expression, null).next(new Date())).toBeNull();
  });

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '@daily',
    '? * * * *',
    'a b c d e',
    '* * * * 8',
    '*/0 * * * *',
    '5-1 * * * *',
  ])('is not %j', (expression) => {
    expect(() => CronSchedule.of(expression, null)).toThrow(InvalidScheduleError);
  });

  it.each(['Mars/Phobos', '+02:00', '', 'UTC+1', 7, null])('is in no time zone %j', (name) => {
    expect(isTimezone(name)).toBe(false);
  });

  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia'])('can be in the time zone %s', (name) => {
    expect(isTimezone(name)).toBe(true);
  });
});

describe('where clocks go forward', () => {
  it.each<[string, string, string, string, string[]]>([
    [
      'a time that is skipped is the next valid minute',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'so are several, all at once',
      '0,30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:00'],
    ],
    [
      'so is one of every hour',
      '15 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:15', '2026-03-29T01:00', '2026-03-29T01:15'],
    ],
    [
      'so is one of a step, together with the one that is there',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      'where it is the day that begins an hour late',
      '30 0 * * *',
      'Asia/Beirut',
      '2026-03-28T12:00Z',
      ['2026-03-28T22:00', '2026-03-29T21:30'],
    ],
    [
      'where it is half an hour only',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T12:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'in New York',
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T12:00Z',
      ['2026-03-08T07:00', '2026-03-09T06:30'],
    ],
    [
      'other times are as ever',
      '0 12 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      ['2026-03-29T10:00', '2026-03-30T10:00'],
    ],
  ])('%s: %s in %s', (_, expression, timezone, after, expected) => {
    expect(occurrences(expression, timezone, after, expected.length)).toEqual(expected);
  });
});

describe('where clocks go back', () => {
  it.each<[string, string, string, string, string[]]>([
    [
      'a time that comes twice is the first one',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'also when it has just passed',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-25T01:10Z',
      ['2026-10-26T01:30'],
    ],
    [
      'so is one of every hour',
      '15 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:15', '2026-10-25T02:15'],
    ],
    [
      'so are those of a step',
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:30', '2026-10-25T02:00'],
    ],
    [
      'in New York',
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T12:00Z',
      ['2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    [
      'where it is half an hour only',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T12:00Z',
      ['2026-04-04T14:45', '2026-04-05T15:15'],
    ],
    [
      'other times are as ever',
      '0 12 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T11:00', '2026-10-26T11:00'],
    ],
  ])('%s: %s in %s', (_, expression, timezone, after, expected) => {
    expect(occurrences(expression, timezone, after, expected.length)).toEqual(expected);
  });
});

describe('in UTC, where clocks never change', () => {
  it('each minute of a year of two changes is an occurrence', () => {
    const schedule = CronSchedule.of('* * * * *', null);
    for (const day of ['2026-03-29', '2026-10-25']) {
      let moment = new Date(`${day}T00:00:00Z`);
      for (let minute = 1; minute <= 240; minute++) {
        moment = schedule.next(moment) ?? new Date(NaN);
        expect(moment).toEqual(new Date(Date.parse(`${day}T00:00:00Z`) + minute * 60_000));
      }
    }
  });
});
