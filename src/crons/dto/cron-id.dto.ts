import { routeInput } from '../../http/route.input.js';
import { IsId } from '../../http/validation.js';

/** A route that names one cron in its path. */
export class CronId {
  @IsId() cron_id!: string;
}

export const readCron = routeInput('crons:read', {
  type: CronId,
  ids: { cron_id: 'path' },
  value: ({ cron_id }) => ({ cron_id }),
});

export const deleteCron = routeInput('crons:delete', {
  type: CronId,
  ids: { cron_id: 'path' },
  value: ({ cron_id }) => ({ cron_id }),
});
