import type { Template } from '../support/template.js';

const ONE = '/assistants/:assistant_id';

export const assistantTemplates: readonly Template[] = [
  {
    route: 'POST /assistants',
    own: (world) => world.withUnbornAssistant(),
    body: ({ assistant_id }) => ({ graph_id: 'nested', assistant_id }),
  },
  {
    route: 'POST /assistants',
    variant: 'do_nothing',
    own: (world) => world.withUnbornAssistant(),
    body: ({ assistant_id }) => ({ graph_id: 'nested', assistant_id, if_exists: 'do_nothing' }),
  },
  {
    route: 'POST /assistants/search',
    body: () => ({ metadata: {}, limit: 1000 }),
    headers: { prefer: 'count=exact' },
  },
  { route: 'POST /assistants/count', body: () => ({ metadata: {} }) },
  { route: `GET ${ONE}` },
  {
    route: `PATCH ${ONE}`,
    own: (world) => world.withNewAssistant(),
    body: () => ({ metadata: { changed: true } }),
  },
  { route: `DELETE ${ONE}`, own: (world) => world.withNewAssistant() },
  {
    route: `DELETE ${ONE}`,
    variant: 'with its threads',
    own: (world) => world.withNewAssistant(),
    query: { delete_threads: 'true' },
  },
  { route: `GET ${ONE}/graph`, query: { xray: 'true' } },
  { route: `GET ${ONE}/schemas` },
  { route: `GET ${ONE}/subgraphs`, query: { recurse: 'true' } },
  { route: `GET ${ONE}/subgraphs/:namespace`, path: { namespace: 'child' } },
  { route: `POST ${ONE}/versions`, body: () => ({ limit: 100 }) },
  { route: `POST ${ONE}/latest`, own: (world) => world.withNewAssistant(), body: () => ({ version: 1 }) },
];
