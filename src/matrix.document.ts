import type { AuthorizationMatrix } from './on-auth/index.js';

/** `docs/authorization-matrix.md`: the routes of the server as it comes. */
export function matrixDocument(matrix: AuthorizationMatrix): string {
  return `# Authorization matrix

Generated from the running application by \`npm run matrix\`; a test fails when it is stale. A deployment with modules of its own
prints its own with \`app.get(AuthorizationMatrix).markdown()\`.

- *event*: what the handlers decide before the route does anything; *further events*: what its use case may have decided besides, each
  in a scope of its own.
- *ids*: every place of a request that can name a row. The boot is refused for a route with a place that is not declared.
- *filter applied to*: the resource whose filter every query for the row gets. A run, a checkpoint and an event have the filter of
  their thread; a version that of its assistant.
- *refusal*: the answer for a row that is not visible, which is that for one that never existed. \`ignored\` is where a client may
  send an id that has no meaning: the server says which row it is.

Graphs fire \`store:*\` when they use the store, for the principal whose run it is.

${matrix.markdown()}`;
}
