import type { Type } from '@nestjs/common';
import type { AppOptions } from '../../../src/app.module.js';
import type { GraphSources } from '../../../src/graphs/graph.js';

/** Where graphs and policies are found that specs hand over as values, from the root of the project. */
const MODULES = [
  'test/support/graphs/index.js',
  'test/clients/support/slow-speaker.graph.js',
  'test/cluster/support/chaos.graphs.js',
  'examples/policies/most-specific.policy.js',
  'examples/policies/permission.policy.js',
  'examples/policies/scoped-handlers.policy.js',
];

/** What a value is called: its module, its export, and its key where the export is a collection. */
interface Reference {
  readonly module: string;
  readonly path: readonly string[];
}

/** The part of the options that is no text. Values do not cross to another process, so it loads them from where they come from. */
export interface DeploymentReference {
  readonly graphs?: Readonly<Record<string, Reference>>;
  readonly policies?: readonly Reference[];
}

const importModule = (module: string) => import(`../../../${module}`) as Promise<Record<string, unknown>>;

/** @throws Error for a value that no other process can load */
export async function referenceTo({ graphs, policies, ...others }: AppOptions): Promise<DeploymentReference> {
  const [unknown] = Object.keys(others);
  if (unknown) throw new Error(`"${unknown}" cannot be handed over to another process`);
  const known = await knownValues();
  const find = (value: unknown, name: string) => {
    const reference = known.get(value);
    if (!reference)
      throw new Error(`"${name}" is not in a module of test/support/cluster/deployment.reference`);
    return reference;
  };
  return {
    ...(graphs && {
      graphs: Object.fromEntries(Object.entries(graphs).map(([id, graph]) => [id, find(graph, id)])),
    }),
    ...(policies && { policies: policies.map((policy) => find(policy, policy.name)) }),
  };
}

/** What `referenceTo` was given. */
export async function optionsOf({ graphs, policies }: DeploymentReference): Promise<AppOptions> {
  const loadedGraphs: Record<string, GraphSources[string]> = {};
  for (const [id, reference] of Object.entries(graphs ?? {})) loadedGraphs[id] = await load(reference);
  const loadedPolicies = await Promise.all((policies ?? []).map(load));
  return { ...(graphs && { graphs: loadedGraphs }), ...(policies && { policies: loadedPolicies as Type[] }) };
}

async function load({ module, path }: Reference): Promise<unknown> {
  return path.reduce<unknown>((value, key) => Reflect.get(value as object, key), await importModule(module));
}

/** Every export of the modules, and every entry of those that are collections. */
async function knownValues(): Promise<Map<unknown, Reference>> {
  const known = new Map<unknown, Reference>();
  for (const module of MODULES)
    for (const [name, value] of Object.entries(await importModule(module))) {
      known.set(value, { module, path: [name] });
      for (const [key, entry] of Object.entries(collectionOf(value)))
        known.set(entry, { module, path: [name, key] });
    }
  return known;
}

function collectionOf(value: unknown): object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? value
    : {};
}
