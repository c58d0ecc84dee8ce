import type { Ids } from '../support/ids.js';
import type { Template } from '../support/template.js';

/** Once a year, so that none fires while it is looked at. */
const YEARLY = '0 0 1 1 *';
const cron = ({ assistant_id }: Ids) => ({ assistant_id, schedule: YEARLY, input: { trail: ['mine'] } });

export const cronTemplates: readonly Template[] = [
  { route: 'POST /runs/crons', body: cron },
  { route: 'POST /threads/:thread_id/runs/crons', own: (world) => world.onNewThread(), body: cron },
  { route: 'POST /runs/crons/search', body: ({ thread_id, assistant_id }) => ({ thread_id, assistant_id }) },
  { route: 'POST /runs/crons/search', variant: 'whatever they are', body: () => ({ limit: 1000 }), only: [] },
  { route: 'POST /runs/crons/count', body: ({ thread_id, assistant_id }) => ({ thread_id, assistant_id }) },
  { route: 'POST /runs/crons/count', variant: 'whatever they are', body: () => ({}), only: [] },
  { route: 'GET /runs/crons/:cron_id' },
  {
    route: 'PATCH /runs/crons/:cron_id',
    own: (world) => world.withNewCron(),
    body: ({ assistant_id }) => ({ assistant_id, metadata: { changed: true } }),
  },
  { route: 'DELETE /runs/crons/:cron_id', own: (world) => world.withNewCron() },
];
