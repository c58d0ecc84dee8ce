/** Code that decides or scopes, in parts that are broken one after the other. */
export interface MutationGroup {
  readonly name: string;
  readonly parts: readonly MutationPart[];
  /** Both unless given: where a dialect makes no difference to the files, one is enough. */
  readonly database?: 'sqlite';
  /** Whether what is made once serves many tests: nobody can tell then which of them depend on it, so all look at each mutant. */
  readonly remembers?: boolean;
}

/** Files that are mutated, and the specs that have to notice: for each mutant all of them are loaded, so they are few. */
export interface MutationPart {
  readonly mutate: readonly string[];
  readonly specs: readonly string[];
}

const PERSISTENCE = 'src/persistence';
const ON_AUTH = 'src/on-auth';

const partOf = (files: readonly string[], ...specs: readonly string[]): MutationPart => ({
  mutate: files.map((file) => `${file}.ts`),
  specs: specs.map((spec) => `${spec}.spec.ts`),
});
const onAuth = (...roles: readonly string[]): readonly string[] => roles.map((role) => `${ON_AUTH}/${role}`);
/** Files that have a spec beside them. */
const besideSpecs = (...roles: readonly string[]): readonly MutationPart[] =>
  onAuth(...roles).map((file) => partOf([file], file));

/** Functions of their arguments, or nearly so. */
const DECISION = [
  ...besideSpecs('authorization.context', 'decision', 'errors', 'handler.answer', 'principal', 'storable'),
  partOf(onAuth('event', 'handler.registry', 'handler.resolver'), `${ON_AUTH}/handler.resolver`),
];

/** What is asked with each request. */
const GUARD = [
  ...besideSpecs('authorization.events', 'authorizer', 'eventual', 'fault.answer', 'message.request'),
  ...besideSpecs('passport.authenticator', 'route.authorizer', 'route.registry'),
];

const MESSAGES = [
  partOf(onAuth('message.headers'), 'test/messages/message.headers'),
  partOf(onAuth('message.pattern', 'message.servers', 'messages/*'), 'test/messages/guard'),
];

/** What is asked once, when the application starts, or is nothing without one. */
const FOUND = ['test/on-auth/found-at-boot', 'test/on-auth/refusals-to-boot'];
const ALONE = 'test/on-auth/without-http-module';
const BOOT = [
  ...besideSpecs('route.id', 'route.path'),
  partOf(onAuth('wiring.inspector'), 'test/on-auth/wiring.inspector'),
  partOf(onAuth('authorization.matrix', 'matrix.renderer'), 'test/on-auth/authorization.matrix'),
  partOf(onAuth('route-ids.inspector'), 'test/on-auth/declared-ids'),
  partOf(onAuth('handler.explorer'), ...FOUND, `${ON_AUTH}/handler.explorer`),
  partOf(onAuth('metadata.accessor', 'on-auth.decorator', 'route.explorer'), ...FOUND),
  partOf(onAuth('on-auth.module'), 'test/on-auth/refusals-to-boot', ALONE),
  partOf(onAuth('authorize.decorator', 'refusal.filter'), 'test/on-auth/guard', ALONE),
];

const EXPLAIN = besideSpecs('on-auth.service', 'explain/refusal', 'explain/row.request');

const elsewhere = [...DECISION, ...GUARD, ...MESSAGES, ...BOOT, ...EXPLAIN].flatMap(({ mutate }) => mutate);
/** Everything beside them that no other part has, so that no file is forgotten. */
const REST: MutationPart = {
  mutate: [`${ON_AUTH}/*.ts`, ...elsewhere.map((file) => `!${file}`)],
  specs: [`${ON_AUTH}/on-auth.guard.spec.ts`],
};

const inPersistence = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `test/persistence/${name}`);
const TABLES = ['scoping/scoped-table.*', 'scoping/view.check'];

const ownOf = (...files: readonly string[]): readonly string[] =>
  files.map((file) => `${PERSISTENCE}/${file}`);

/** Rows of plain entities, without a query builder. */
const ROWS = [
  partOf(ownOf('statements/plain.entity'), ...inPersistence('statements/*')),
  partOf(ownOf('statements/packed.row'), ...inPersistence('statements/packed.row')),
  partOf(ownOf('statements/row.*'), ...inPersistence('statements/plain-rows', 'statements/insert-below')),
  partOf(ownOf('statements/scoped.*'), ...inPersistence('statements/plain-rows')),
];

/** Which rows are visible, and which may be written. */
const CHECKS = ['*.check', 'table.scope'].map((file) => `scoping/${file}`);
const SCOPE = [
  partOf(
    [...ownOf(...CHECKS), ...ownOf(...TABLES).map((file) => `!${file}`)],
    ...inPersistence('scoping/new-images', 'statements/plain-rows', 'scoping-traps', 'scoped-data-source'),
  ),
  partOf(
    [...ownOf('scoping/*'), ...ownOf(...CHECKS, ...TABLES).map((file) => `!${file}`)],
    ...inPersistence('scoping/*', 'statements/plain-rows', 'scoped-data-source', 'kinds-of-scope'),
  ),
];

/** What puts scopes into SQL, and keeps other SQL away. */
const BUILDERS = [
  partOf(
    ownOf('query-builders/*'),
    ...inPersistence('query-builders/scoped-builders', 'scoping-traps', 'own-rows', 'scoped-data-source'),
  ),
  partOf(
    ownOf('scoped-*', 'guarded.query-runner'),
    ...inPersistence('scoped-data-source', 'scoped-query-result.cache', 'scoping-traps'),
  ),
];

const FILTER_SQL = [
  partOf([`${PERSISTENCE}/filter-sql/scope-key.expression`], ...inPersistence('filter-sql/scope-keys')),
  partOf(
    ['filter.renderer', '*.dialect'].map((file) => `${PERSISTENCE}/filter-sql/${file}`),
    ...inPersistence('filter-sql/conformance', 'filter-sql/filter.renderer', 'filter-sql/scope-keys'),
  ),
];

/** What decides, and what keeps to the decision. */
export const MUTATION_GROUPS: readonly MutationGroup[] = [
  { name: 'filter', parts: [partOf(onAuth('filter/*'), `${ON_AUTH}/filter/*`)] },
  {
    name: 'sql',
    parts: [partOf([`${PERSISTENCE}/sql.{guard,fragment,tokenizer}`], ...inPersistence('sql.*'))],
  },
  {
    name: 'tables',
    parts: [
      partOf(
        [...TABLES, 'scoped.decorator'].map((file) => `${PERSISTENCE}/${file}`),
        ...inPersistence('scoped.decorator', 'kinds-of-scope'),
      ),
    ],
    database: 'sqlite',
  },
  { name: 'decision', parts: DECISION },
  { name: 'guard', parts: [...GUARD, REST] },
  { name: 'messages', parts: MESSAGES },
  { name: 'boot', parts: BOOT },
  { name: 'rows', parts: ROWS, remembers: true },
  { name: 'scope', parts: SCOPE, remembers: true },
  { name: 'builders', parts: BUILDERS, remembers: true },
  { name: 'filter-sql', parts: FILTER_SQL },
  { name: 'explain', parts: EXPLAIN },
];
