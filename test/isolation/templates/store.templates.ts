import type { Ids } from '../support/ids.js';
import type { Template } from '../support/template.js';

const address = ({ namespace, key }: Ids) => ({ namespace, key });
/** The default policy refuses a namespace that begins with somebody else's name, before anything is looked for in it. */
const FOREIGN = 403;

export const storeTemplates: readonly Template[] = [
  {
    route: 'PUT /store/items',
    own: (world) => world.withNewItem(),
    body: (ids) => ({ ...address(ids), value: { changed: true } }),
    refusals: { key: 'empty' },
  },
  {
    route: 'GET /store/items',
    own: (world) => world.settled(),
    query: (ids) => ({ namespace: ids.namespace.join('.'), key: ids.key }),
    refusals: { namespace: FOREIGN },
  },
  {
    route: 'DELETE /store/items',
    own: (world) => world.withNewItem(),
    body: address,
    refusals: { namespace: FOREIGN },
  },
  {
    route: 'POST /store/items/search',
    body: ({ namespace }) => ({ namespace_prefix: namespace, limit: 1000 }),
    refusals: { namespace_prefix: FOREIGN },
  },
  {
    route: 'POST /store/items/search',
    variant: 'everywhere',
    body: () => ({ namespace_prefix: [], limit: 1000 }),
    only: [],
  },
  {
    route: 'POST /store/namespaces',
    body: ({ namespace }) => ({ prefix: namespace, limit: 1000 }),
    refusals: { prefix: FOREIGN },
  },
  { route: 'POST /store/namespaces', variant: 'everywhere', body: () => ({ limit: 1000 }), only: ['suffix'] },
];
