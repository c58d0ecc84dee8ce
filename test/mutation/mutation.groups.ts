/** Code that decides or scopes, in parts that are broken one after the other. */
export interface MutationGroup {
  readonly name: string;
  readonly parts: readonly MutationPart[];
  /** Both unless given: where a dialect makes no difference to the files, one is enough. */
  readonly database?: 'sqlite';
}

/** Files that are mutated, and the specs that have to notice: for each mutant all of them are loaded, so they are few. */
export interface MutationPart {
  readonly mutate: readonly string[];
  readonly specs: readonly string[];
}

const PERSISTENCE = 'src/persistence';
const SPECS = 'test/persistence';

/** Functions of their arguments, with a spec beside them. */
const PURE = ['authorization.context', 'decision', 'errors', 'handler.answer', 'principal', 'storable'];

/** Asked with each request, with a spec beside them. */
const GUARD = [
  'authorization.events',
  'authorizer',
  'fault.answer',
  'message.request',
  'passport.authenticator',
  'route.authorizer',
  'route.registry',
];

const CHOICE = ['event', 'handler.registry', 'handler.resolver'];
const MESSAGES = ['message.pattern', 'message.servers'];

/** What is asked once, when the application starts. */
const BOOT = ['metadata.accessor', 'on-auth.decorator', 'route.explorer'];

const FOUND = ['found-at-boot', 'refusals-to-boot'].map((name) => `test/on-auth/${name}.spec.ts`);

/** What is nothing without a whole application. */
const WHOLE = ['authorize.decorator', 'on-auth.module', 'refusal.filter'];

const inOnAuth = (role: string): string => `src/on-auth/*${role}.ts`;
const besideSpec = (role: string): MutationPart => ({
  mutate: [`src/on-auth/${role}.ts`],
  specs: [`src/on-auth/${role}.spec.ts`],
});

/** Everything in `src/on-auth` itself that no other part has, so that no file is forgotten. */
const REST: MutationPart = {
  mutate: [
    'src/on-auth/*.ts',
    ...[
      ...PURE,
      ...GUARD,
      ...CHOICE,
      ...MESSAGES,
      ...BOOT,
      ...WHOLE,
      'handler.explorer',
      'matrix',
      'matrix.renderer',
      'message.headers',
      'on-auth.service',
      'route.id',
      'route.path',
      'route-ids.inspector',
      'wiring.inspector',
    ].map((role) => `!${inOnAuth(role)}`),
  ],
  specs: ['src/on-auth/on-auth.guard.spec.ts'],
};

/** What decides, and what keeps to the decision. */
export const MUTATION_GROUPS: readonly MutationGroup[] = [
  {
    name: 'filter',
    parts: [{ mutate: ['src/on-auth/filter/*.ts'], specs: ['src/on-auth/filter/*.spec.ts'] }],
  },
  {
    name: 'sql',
    parts: [
      { mutate: [`${PERSISTENCE}/sql.{guard,fragment,tokenizer}.ts`], specs: [`${SPECS}/sql.*.spec.ts`] },
    ],
  },
  {
    name: 'tables',
    parts: [
      {
        mutate: [
          `${PERSISTENCE}/scoping/scoped-table.*.ts`,
          `${PERSISTENCE}/scoping/view.check.ts`,
          `${PERSISTENCE}/scoped.decorator.ts`,
        ],
        specs: ['scoped.decorator', 'kinds-of-scope'].map((name) => `${SPECS}/${name}.spec.ts`),
      },
    ],
    database: 'sqlite',
  },
  {
    name: 'decision',
    parts: [
      ...PURE.map(besideSpec),
      { mutate: CHOICE.map(inOnAuth), specs: ['src/on-auth/handler.resolver.spec.ts'] },
    ],
  },
  { name: 'guard', parts: [...GUARD.map(besideSpec), REST] },
  {
    name: 'messages',
    parts: [
      { mutate: ['src/on-auth/message.headers.ts'], specs: ['test/messages/message.headers.spec.ts'] },
      {
        mutate: [...MESSAGES.map(inOnAuth), 'src/on-auth/messages/*.ts'],
        specs: ['test/messages/guard.spec.ts'],
      },
    ],
  },
  {
    name: 'boot',
    parts: [
      { mutate: [inOnAuth('wiring.inspector')], specs: ['test/on-auth/wiring.inspector.spec.ts'] },
      {
        mutate: [inOnAuth('matrix'), inOnAuth('matrix.renderer')],
        specs: ['test/on-auth/authorization.matrix.spec.ts'],
      },
      besideSpec('route.id'),
      besideSpec('route.path'),
      { mutate: [inOnAuth('route-ids.inspector')], specs: ['test/on-auth/declared-ids.spec.ts'] },
      { mutate: [inOnAuth('handler.explorer')], specs: [...FOUND, 'src/on-auth/handler.explorer.spec.ts'] },
      { mutate: BOOT.map(inOnAuth), specs: FOUND },
      {
        mutate: WHOLE.map(inOnAuth),
        specs: ['guard', 'without-http-module'].map((name) => `test/on-auth/${name}.spec.ts`),
      },
    ],
  },
  {
    name: 'scope',
    parts: [
      {
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
      },
    ],
    database: 'sqlite',
  },
  {
    name: 'filter-sql',
    parts: [
      {
        mutate: [`${PERSISTENCE}/filter-sql/*.ts`],
        specs: ['conformance', 'filter.renderer'].map((name) => `${SPECS}/filter-sql/${name}.spec.ts`),
      },
    ],
  },
  {
    name: 'explain',
    parts: [besideSpec('on-auth.service'), besideSpec('explain/refusal'), besideSpec('explain/row.request')],
  },
];
