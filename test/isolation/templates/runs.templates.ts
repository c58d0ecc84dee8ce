import type { Ids } from '../support/ids.js';
import type { Template } from '../support/template.js';

const ON_THREAD = '/threads/:thread_id/runs';

const run = ({ assistant_id }: Ids) => ({ assistant_id, input: { trail: ['mine'] } });
const kept = (ids: Ids) => ({ ...run(ids), on_completion: 'keep' });

/** Every way to begin a run, on a thread and without one. */
const creations = ['', '/stream', '/wait'].flatMap((way): readonly Template[] => [
  { route: `POST ${ON_THREAD}${way}`, own: (world) => world.onNewThread(), body: run },
  {
    route: `POST ${ON_THREAD}${way}`,
    variant: 'on a thread that it makes',
    own: (world) => world.withUnbornThread(),
    only: ['thread_id'],
    body: () => ({ assistant_id: 'nested', input: { trail: ['mine'] }, if_not_exists: 'create' }),
  },
  { route: `POST /runs${way}`, body: kept },
]);

/** Every way to follow a run that is there. */
const followings = [ON_THREAD, '/runs'].flatMap((path): readonly Template[] => [
  { route: `GET ${path}/:run_id/join` },
  { route: `GET ${path}/:run_id/stream`, headers: { 'last-event-id': '-1' } },
  { route: `GET ${path}/:run_id/join`, variant: 'to cancel it', query: { cancel_on_disconnect: '1' } },
  { route: `GET ${path}/:run_id/stream`, variant: 'to cancel it', query: { cancel_on_disconnect: '1' } },
]);

const cancellations = [ON_THREAD, '/runs'].flatMap((path): readonly Template[] => [
  { route: `POST ${path}/:run_id/cancel`, own: (world) => world.withPendingRun() },
  {
    route: `POST ${path}/:run_id/cancel`,
    variant: 'and roll back',
    own: (world) => world.withPendingRun(),
    query: { action: 'rollback', wait: '1' },
  },
]);

export const runTemplates: readonly Template[] = [
  ...creations,
  { route: 'POST /runs/batch', body: (ids) => [kept(ids), kept(ids)] },
  ...followings,
  ...cancellations,
  {
    route: 'POST /runs/cancel',
    own: (world) => world.withPendingRun(),
    body: ({ thread_id, run_id }) => ({ thread_id, run_ids: [run_id] }),
  },
  {
    route: 'POST /runs/cancel',
    variant: 'wherever they are',
    own: (world) => world.withPendingRun(),
    body: ({ run_id }) => ({ run_ids: [run_id] }),
  },
  {
    route: 'POST /runs/cancel',
    variant: 'by their state',
    own: (world) => world.withPendingRun(),
    body: ({ thread_id }) => ({ thread_id, status: 'all' }),
  },
  { route: `GET ${ON_THREAD}`, query: { limit: '100' } },
  { route: `GET ${ON_THREAD}/:run_id` },
  { route: `DELETE ${ON_THREAD}/:run_id`, own: (world) => world.withPendingRun() },
];
