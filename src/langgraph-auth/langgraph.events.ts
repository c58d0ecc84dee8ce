const ACTIONS = {
  assistants: ['create', 'read', 'update', 'delete', 'search'],
  threads: ['create', 'read', 'update', 'delete', 'search', 'create_run'],
  crons: ['create', 'read', 'update', 'delete', 'search'],
  store: ['put', 'get', 'search', 'list_namespaces', 'delete'],
} as const;

/** Every event that an `Auth` object of the SDK can register a callback for (contract 1.5), whether or not a route fires it. */
export const LANGGRAPH_EVENTS: readonly string[] = Object.entries(ACTIONS).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}`),
);
