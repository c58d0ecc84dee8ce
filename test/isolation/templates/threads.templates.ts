import type { Template } from '../support/template.js';

const ONE = '/threads/:thread_id';
/** Where a state is updated in a subgraph, whose nodes are others than those of the root. */
const NAMESPACES = ['checkpoint.checkpoint_ns', 'checkpoint.configurable.checkpoint_ns'];

export const threadTemplates: readonly Template[] = [
  {
    route: 'POST /threads',
    own: (world) => world.withUnbornThread(),
    body: ({ thread_id }) => ({ thread_id }),
  },
  {
    route: 'POST /threads',
    variant: 'do_nothing',
    own: (world) => world.withUnbornThread(),
    body: ({ thread_id }) => ({ thread_id, if_exists: 'do_nothing' }),
  },
  {
    route: 'POST /threads',
    variant: 'with a past',
    own: (world) => world.withUnbornThread(),
    body: ({ thread_id }) => ({
      thread_id,
      metadata: { graph_id: 'nested' },
      supersteps: [{ updates: [{ values: { trail: ['past'] }, as_node: 'root' }] }],
    }),
  },
  {
    route: 'POST /threads/search',
    body: ({ thread_id }) => ({ ids: [thread_id], limit: 1000 }),
    headers: { prefer: 'count=exact' },
  },
  { route: 'POST /threads/count', body: ({ thread_id }) => ({ ids: [thread_id] }) },
  {
    route: 'POST /threads/prune',
    own: (world) => world.onNewThread(),
    body: ({ thread_id }) => ({ thread_ids: [thread_id] }),
  },
  {
    route: 'POST /threads/prune',
    variant: 'to the latest',
    own: (world) => world.onNewThread(),
    body: ({ thread_id }) => ({ thread_ids: [thread_id], strategy: 'keep_latest' }),
  },
  { route: `GET ${ONE}`, query: { include: 'ttl' } },
  {
    route: `PATCH ${ONE}`,
    own: (world) => world.onNewThread(),
    body: () => ({ metadata: { changed: true } }),
  },
  {
    route: `PATCH ${ONE}`,
    variant: 'with no answer',
    own: (world) => world.onNewThread(),
    headers: { prefer: 'return=minimal' },
    body: () => ({ metadata: { changed: true } }),
  },
  { route: `DELETE ${ONE}`, own: (world) => world.onNewThread() },
  { route: `POST ${ONE}/copy` },
  { route: `GET ${ONE}/state`, query: { subgraphs: 'true' } },
  { route: `GET ${ONE}/state/:checkpoint_id`, query: { subgraphs: 'true' } },
  {
    route: `POST ${ONE}/state/checkpoint`,
    body: ({ checkpoint_id }) => ({ checkpoint: { checkpoint_id }, subgraphs: true }),
  },
  {
    route: `POST ${ONE}/state`,
    own: (world) => world.onNewThread(),
    body: () => ({ values: { trail: ['changed'] }, as_node: 'root' }),
    without: NAMESPACES,
  },
  {
    route: `POST ${ONE}/state`,
    variant: 'in a subgraph',
    own: (world) => world.onWaitingThread(),
    body: ({ checkpoint_ns }) => ({ values: { trail: ['changed'] }, checkpoint: { checkpoint_ns } }),
    only: NAMESPACES,
  },
  { route: `GET ${ONE}/history` },
  { route: `POST ${ONE}/history`, body: () => ({ limit: 100 }) },
  {
    route: `GET ${ONE}/stream`,
    headers: { 'last-event-id': '-' },
    query: { stream_mode: 'run_modes,lifecycle,state_update' },
  },
];
