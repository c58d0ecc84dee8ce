import type { RouteId } from '../../../src/on-auth/index.js';

/** Ids by what they name: everything that a request of somebody can be filled with. */
export interface Ids {
  readonly thread_id: string;
  readonly run_id: string;
  readonly assistant_id: string;
  readonly checkpoint_id: string;
  /** Of a subgraph, with the id of the task that it is. */
  readonly checkpoint_ns: string;
  readonly interrupt_id: string;
  readonly cron_id: string;
  readonly namespace: readonly string[];
  readonly key: string;
}

/** The value for a place, out of somebody's ids; undefined where the place names no row of anybody. */
export function valueFor({ name, resource }: RouteId, ids: Ids): unknown {
  if (resource === 'none') return undefined;
  const last = name.slice(name.lastIndexOf('.') + 1);
  const fill = FILLERS[last];
  if (!fill) throw new Error(`no id is known to fit "${name}"; add it to test/isolation/support/ids.ts`);
  return fill(ids);
}

const FILLERS: Readonly<Record<string, (ids: Ids) => unknown>> = {
  thread_id: ({ thread_id }) => thread_id,
  thread_ids: ({ thread_id }) => [thread_id],
  ids: ({ thread_id }) => [thread_id],
  run_id: ({ run_id }) => run_id,
  run_ids: ({ run_id }) => [run_id],
  assistant_id: ({ assistant_id }) => assistant_id,
  checkpoint_id: ({ checkpoint_id }) => checkpoint_id,
  checkpoint: ({ checkpoint_id }) => checkpoint_id,
  before: ({ checkpoint_id }) => checkpoint_id,
  checkpoint_ns: ({ checkpoint_ns }) => checkpoint_ns,
  checkpoint_map: ({ checkpoint_ns, checkpoint_id }) => ({
    '': checkpoint_id,
    [checkpoint_ns]: checkpoint_id,
  }),
  resume: ({ interrupt_id }) => ({ [interrupt_id]: 'an answer' }),
  cron_id: ({ cron_id }) => cron_id,
  namespace: ({ namespace }) => namespace,
  namespace_prefix: ({ namespace }) => namespace,
  prefix: ({ namespace }) => namespace,
  suffix: ({ namespace }) => namespace.slice(-1),
  key: ({ key }) => key,
};
