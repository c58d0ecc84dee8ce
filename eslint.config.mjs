import tseslint from 'typescript-eslint';

/**
 * Imports go one way: app -> policies, features -> on-auth, persistence, graphs, http; persistence -> on-auth; on-auth -> nothing.
 * Each layer lists what it must not import, by the folder's name.
 */
const FEATURES = ['assistants', 'threads', 'runs', 'crons', 'store', 'webhooks'];
const TOP = [
  'policies',
  'system',
  'deployment',
  'authentication',
  'app.module',
  'server',
  'serve',
  'main',
  'first-minute',
  'index',
  'framework',
  'route-input',
  'testing',
  'why',
  'openapi',
  'startup',
];

const forbidden = {
  limits: [...FEATURES, ...TOP.filter((name) => name !== 'index'), 'graphs', 'http'],
  'on-auth': [...FEATURES, ...TOP, 'limits', 'persistence', 'graphs', 'http', 'configuration'],
  persistence: [...FEATURES, ...TOP, 'graphs', 'http', 'configuration'],
  http: [...FEATURES, ...TOP, 'configuration'],
  graphs: [...FEATURES, ...TOP, 'http'],
  configuration: [...FEATURES, ...TOP, 'persistence', 'graphs', 'http'],
  authentication: [
    ...FEATURES,
    'policies',
    'system',
    'app.module',
    'server',
    'persistence',
    'graphs',
    'http',
  ],
  policies: ['authentication', 'persistence', 'graphs', 'http', 'app.module', 'server', 'serve', 'index'],
  threads: [...FEATURES.filter((name) => name !== 'threads'), ...TOP],
  assistants: [...FEATURES.filter((name) => !['assistants', 'threads'].includes(name)), ...TOP],
  store: [...FEATURES.filter((name) => name !== 'store'), ...TOP],
  runs: [...FEATURES.filter((name) => !['runs', 'threads', 'assistants'].includes(name)), ...TOP],
  webhooks: [...FEATURES.filter((name) => !['webhooks', 'runs', 'threads'].includes(name)), ...TOP],
  openapi: [...FEATURES, ...TOP.filter((name) => name !== 'openapi'), 'persistence', 'graphs'],
  crons: [...FEATURES.filter((name) => !['crons', 'runs', 'threads', 'assistants'].includes(name)), ...TOP],
};

const layer = ([folder, names]) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ['**/*.command.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${names.map((name) => name.replace('.', '\\.')).join('|')})(/|\\.js$)`,
            message: `src/${folder} does not import this layer; see docs/architecture.md.`,
          },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', '.stryker-tmp'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'test/support/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off', // Nest modules are empty classes
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'off', // constructors need value imports for their metadata
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': [
        'error',
        { allowAsThisParameter: false, allowInGenericTypeArguments: true },
      ],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest takes option objects for its option classes
      '@typescript-eslint/unified-signatures': 'off', // overloads carry their own documentation
      // The types of drivers, of TypeORM and of index access promise more than comes; a check that fails closed is welcome.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'max-lines': ['warn', { max: 220, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Configuration goes through src/configuration.',
        },
      ],
    },
  },
  ...Object.entries(forbidden).map(layer),
  {
    files: [
      'test/**',
      'bench/**',
      'examples/langgraph-project/**',
      'examples/own-application/main.ts',
      'ormconfig.ts',
      'src/configuration/**/*.ts',
      // It runs beside the service, and needs no more than its port.
      'src/health.command.ts',
      // Before there is a configuration.
      'src/startup/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts', 'src/**/*.spec.ts', 'bench/**/*.ts'],
    rules: {
      // The types of drivers, of TypeORM and of index access promise more than comes; a check that fails closed is welcome.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
