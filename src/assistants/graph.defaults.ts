import type { GraphConfig } from '../graphs/graph.js';
import type { JsonObject } from '../http/json.js';

/** The token under which an application provides `GraphDefaults`; none are fine. */
export const GRAPH_DEFAULTS = Symbol('GraphDefaults');

/** Graph id -> what its system assistant is configured with. */
export type GraphDefaults = Readonly<
  Record<string, { readonly config?: GraphConfig; readonly context?: JsonObject }>
>;
