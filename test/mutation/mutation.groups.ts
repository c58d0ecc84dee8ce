/** Files that are mutated, and the specs that have to notice. */
export interface MutationGroup {
  readonly name: string;
  readonly mutate: readonly string[];
  readonly specs: readonly string[];
  /** Both unless given: where a dialect makes no difference to the files, one is enough. */
  readonly database?: 'sqlite';
}

const PERSISTENCE = 'src/persistence';
const SPECS = 'test/persistence';

/** What decides, and what keeps to the decision. */
export const MUTATION_GROUPS: readonly MutationGroup[] = [
  {
    name: 'filter',
    mutate: ['src/on-auth/filter/*.ts'],
    specs: ['src/on-auth/filter/*.spec.ts'],
  },
  {
    name: 'sql',
    mutate: ['guard', 'fragment', 'tokenizer'].map((name) => `${PERSISTENCE}/sql.${name}.ts`),
    specs: [`${SPECS}/sql.*.spec.ts`],
  },
  {
    name: 'filter-sql',
    mutate: [`${PERSISTENCE}/filter-sql/*.ts`],
    specs: ['conformance', 'filter.renderer'].map((name) => `${SPECS}/filter-sql/${name}.spec.ts`),
  },
  {
    name: 'on-auth',
    mutate: ['src/on-auth/*.ts', '!src/on-auth/on-auth.service.ts'],
    specs: ['test/on-auth/*.spec.ts'],
  },
  {
    name: 'scope',
    mutate: [
      `${PERSISTENCE}/scoping/*.ts`,
      `${PERSISTENCE}/query-builders/*.ts`,
      `${PERSISTENCE}/scoped*.ts`,
      `${PERSISTENCE}/guarded.query-runner.ts`,
    ],
    specs: ['scoped.decorator', 'kinds-of-scope', 'scoping-traps', 'own-rows', 'ways-to-reach-a-row'].map(
      (name) => `${SPECS}/${name}.spec.ts`,
    ),
    database: 'sqlite',
  },
  {
    name: 'explain',
    mutate: ['src/on-auth/explain/*.ts', 'src/on-auth/on-auth.service.ts'],
    specs: ['test/explain/*.spec.ts'],
    database: 'sqlite',
  },
];
