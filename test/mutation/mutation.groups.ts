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
/** What is asked once, when the application starts. */
const BOOT = [
  'explorer',
  'inspector',
  'accessor',
  'module',
  'decorator',
  'matrix',
  'renderer',
  'route.id',
  'route.path',
];

/** Functions of their arguments. */
const PURE = [
  'authorization.context',
  'decision',
  'errors',
  'event',
  'handler.answer',
  'handler.registry',
  'handler.resolver',
  'principal',
  'storable',
];

/** What decides, and what keeps to the decision. */
export const MUTATION_GROUPS: readonly MutationGroup[] = [
  {
    name: 'filter',
    mutate: ['src/on-auth/filter/*.ts'],
    specs: ['src/on-auth/filter/*.spec.ts'],
  },
  {
    name: 'sql',
    mutate: [`${PERSISTENCE}/sql.{guard,fragment,tokenizer}.ts`],
    specs: [`${SPECS}/sql.*.spec.ts`],
  },
  {
    name: 'tables',
    mutate: [
      `${PERSISTENCE}/scoping/scoped-table.*.ts`,
      `${PERSISTENCE}/scoping/view.check.ts`,
      `${PERSISTENCE}/scoped.decorator.ts`,
    ],
    specs: ['scoped.decorator', 'kinds-of-scope'].map((name) => `${SPECS}/${name}.spec.ts`),
    database: 'sqlite',
  },
  {
    name: 'decision',
    mutate: PURE.map((role) => `src/on-auth/${role}.ts`),
    specs: ['src/on-auth/*.spec.ts', 'test/on-auth/storable.spec.ts'],
  },
  {
    name: 'guard',
    mutate: [
      'src/on-auth/*.ts',
      '!src/on-auth/on-auth.service.ts',
      ...PURE.map((role) => `!src/on-auth/${role}.ts`),
      ...BOOT.map((role) => `!src/on-auth/*${role}.ts`),
    ],
    specs: ['test/on-auth/guard.spec.ts'],
  },
  {
    name: 'boot',
    mutate: BOOT.map((role) => `src/on-auth/*${role}.ts`),
    specs: ['refusals-to-boot', 'declared-ids', 'wiring.inspector', 'authorization.matrix'].map(
      (name) => `test/on-auth/${name}.spec.ts`,
    ),
  },
  {
    name: 'scope',
    mutate: [
      `${PERSISTENCE}/scoping/*.ts`,
      `${PERSISTENCE}/query-builders/*.ts`,
      `${PERSISTENCE}/scoped-*.ts`,
      `${PERSISTENCE}/guarded.query-runner.ts`,
      `!${PERSISTENCE}/scoping/scoped-table.*.ts`,
      `!${PERSISTENCE}/scoping/view.check.ts`,
    ],
    specs: ['kinds-of-scope', 'scoping-traps', 'own-rows', 'ways-to-reach-a-row'].map(
      (name) => `${SPECS}/${name}.spec.ts`,
    ),
    database: 'sqlite',
  },
  {
    name: 'filter-sql',
    mutate: [`${PERSISTENCE}/filter-sql/*.ts`],
    specs: ['conformance', 'filter.renderer'].map((name) => `${SPECS}/filter-sql/${name}.spec.ts`),
  },
  {
    name: 'explain',
    mutate: ['src/on-auth/explain/*.ts', 'src/on-auth/on-auth.service.ts'],
    specs: ['test/explain/explain-agrees.spec.ts'],
    database: 'sqlite',
  },
];
