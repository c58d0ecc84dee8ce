import type { Cron } from './cron.entity.js';
import { CronSchedule } from './cron.schedule.js';

/** How long an occurrence may take to be noticed: the end is compared with moments, and nothing fires in no time. */
const PATIENCE_MS = 60_000;

type Timing = Pick<Cron, 'schedule' | 'timezone' | 'enabled' | 'end_time'>;

/** The first occurrence after a moment; null while paused, and where there is none before the end. */
export function nextRunDate({ schedule, timezone, enabled, end_time }: Timing, after: Date): Date | null {
  if (!enabled) return null;
  const next = CronSchedule.of(schedule, timezone).next(after);
  return next && end_time && next > end_time ? null : next;
}

/** Whether the end passed while nobody was there to fire: then an occurrence that was missed is not made up for. */
export function isOver({ end_time }: Timing, now: Date): boolean {
  return end_time !== null && now.getTime() > end_time.getTime() + PATIENCE_MS;
}
