import type { AppOptions } from '../../../src/app.module.js';

/** Where graphs, policies and the like are found that specs hand over as values, from the root of the project. */
const MODULES = [
  'test/support/graphs/index.js',
  'test/support/word.embeddings.js',
  'test/clients/support/slow-speaker.graph.js',
  'test/cluster/support/chaos.graphs.js',
  'test/store/support/store.surface.js',
  'examples/policies/most-specific.policy.js',
  'examples/policies/permission.policy.js',
  'examples/policies/scoped-handlers.policy.js',
];

/** What a value is called: its module, its export, and its key where the export is a collection. */
interface Reference {
  readonly module: string;
  readonly path: readonly string[];
}

/** The options with a reference to each value that is no JSON: another process loads it from where it comes from. */
export type DeploymentReference = unknown;

const importModule = (module: string) => import(`../../../${module}`) as Promise<Record<string, unknown>>;

/** @throws Error for a value that no other process can load */
export async function referenceTo(options: AppOptions): Promise<DeploymentReference> {
  const known = await knownValues();
  const refer = (value: unknown, name: string): unknown => {
    const reference = known.get(value);
    if (reference) return { load: reference };
    if (Array.isArray(value)) return value.map((entry) => refer(entry, name));
    if (isPlain(value)) return mapValues(value, refer);
    if (isLoadable(value))
      throw new Error(`"${name}" is not in a module of test/support/cluster/deployment.reference`);
    return value;
  };
  return refer(options, 'options');
}

/** What `referenceTo` was given. */
export async function optionsOf(reference: DeploymentReference): Promise<AppOptions> {
  const modules = new Map<string, Record<string, unknown>>();
  for (const module of MODULES) modules.set(module, await importModule(module));
  const load = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(load);
    if (!isPlain(value)) return value;
    return isReference(value.load) ? valueAt(value.load) : mapValues(value, load);
  };
  const valueAt = ({ module, path }: Reference) =>
    path.reduce<unknown>((value, key) => Reflect.get(value as object, key), modules.get(module));
  return load(reference) as AppOptions;
}

/** Every export of the modules, and every entry of those that are collections. */
async function knownValues(): Promise<Map<unknown, Reference>> {
  const known = new Map<unknown, Reference>();
  for (const module of MODULES)
    for (const [name, value] of Object.entries(await importModule(module))) {
      if (isLoadable(value)) known.set(value, { module, path: [name] });
      for (const [key, entry] of Object.entries(isPlain(value) ? value : {}))
        if (isLoadable(entry)) known.set(entry, { module, path: [name, key] });
    }
  return known;
}

/** JSON is handed over as it is. */
function isLoadable(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isReference(value: unknown): value is Reference {
  return isPlain(value) && typeof value.module === 'string' && Array.isArray(value.path);
}

function mapValues(values: object, map: (value: unknown, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}
