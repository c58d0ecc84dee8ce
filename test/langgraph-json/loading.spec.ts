import { beforeAll, describe, expect, it } from '@jest/globals';
import { graph, loadProject, loadProjects, typedGraph, type Outcome } from './support/temporary.project.js';

describe('A graph of a langgraph.json', () => {
  /** What it may be, where it is named, and its files. Each is labelled 7. */
  const kinds: [string, string, Record<string, string>][] = [
    [
      'a named export in TypeScript',
      './es/a.ts:graph',
      { 'es/a.ts': `export const graph = ${typedGraph('7')};` },
    ],
    ['the default export', './b.mts', { 'b.mts': `export default ${typedGraph('7')};` }],
    ['the default export by its name', './c.mts:default', { 'c.mts': `export default ${typedGraph('7')};` }],
    ['in a file with JSX', './es/d.tsx:graph', { 'es/d.tsx': `export const graph = ${typedGraph('7')};` }],
    ['in JavaScript', './es/e.js:graph', { 'es/e.js': `export const graph = ${graph('7')};` }],
    ['in an ES module', './f.mjs', { 'f.mjs': `export default ${graph('7')};` }],
    ['a CommonJS module', './g.cjs', { 'g.cjs': `module.exports = ${graph('7')};` }],
    ['a name of a CommonJS module', './h.cjs:graph', { 'h.cjs': `exports.graph = ${graph('7')};` }],
    ['in a CommonJS package', './i.ts:graph', { 'i.ts': `export const graph = ${typedGraph('7')};` }],
    ['the default export in one', './j.ts', { 'j.ts': `export default ${typedGraph('7')};` }],
    ['a promise', './k.mts:graph', { 'k.mts': `export const graph = Promise.resolve(${typedGraph('7')});` }],
    [
      'a factory',
      './l.mts:build',
      {
        'l.mts': `export const build = (config: { configurable: object }) => (${graph('config.configurable && 7')});`,
      },
    ],
    [
      'an asynchronous factory',
      './m.mts:build',
      { 'm.mts': `export async function build(): Promise<unknown> { return ${graph('7')}; }` },
    ],
    [
      'not compiled',
      './n.mts:graph',
      { 'n.mts': `export const graph = { compile: () => (${graph('7')}) };` },
    ],
    [
      'made with aliases of tsconfig.json and imports without extension',
      './o/o.ts:graph',
      {
        'o/one.ts': 'export const one: number = 1;',
        'o/o.ts': `import { six } from '@lib/six';\nimport { one } from './one';\nexport const graph = ${graph('six + one')};`,
      },
    ],
    [
      'made with aliases in an ES module',
      './es/p.ts:graph',
      { 'es/p.ts': `import { six } from '@lib/six.js';\nexport const graph = ${graph('six + 1')};` },
    ],
    [
      'made with a package that is installed beside it',
      './q.mts:graph',
      { 'q.mts': `import { seven } from 'seven';\nexport const graph = ${typedGraph('seven')};` },
    ],
  ];
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await loadProject({
      'langgraph.json': { graphs: Object.fromEntries(kinds.map(([kind, path]) => [kind, path])) },
      'es/package.json': { type: 'module' },
      'tsconfig.json': { compilerOptions: { paths: { '@lib/*': ['./lib/*'] } } },
      'lib/six.ts': 'export const six: number = 6;',
      'node_modules/seven/package.json': { name: 'seven', exports: './seven.js' },
      'node_modules/seven/seven.js': 'exports.seven = 7;',
      ...Object.assign({}, ...kinds.map(([, , files]) => files)),
    });
  });

  it.each(kinds)('may be %s', (kind) => {
    expect(outcome.refused).toBeUndefined();
    expect(outcome.labels).toHaveProperty([kind], 7);
  });
});

describe('The project of a langgraph.json', () => {
  it('has one instance of each module, whichever graph imports it', async () => {
    const importer = (name: string) =>
      `import { count } from './count.js';\ncount.of += 1;\nexport const ${name} = ${typedGraph('count')};`;
    const graphs = { one: './one.ts:one', two: './two.ts:two' };
    const { labels } = await loadProject({
      'langgraph.json': { graphs },
      'package.json': { type: 'module' },
      'count.ts': 'export const count: { of: number } = { of: 0 };',
      'one.ts': importer('one'),
      'two.ts': importer('two'),
    });
    expect(labels).toEqual({ one: { of: 2 }, two: { of: 2 } });
  });

  it('is found from another folder, where its paths still start at the file, also those that lead out', async () => {
    const files = {
      'apps/one/langgraph.json': { graphs: { in: './in.mjs', out: '../out.mjs' }, env: './one.env' },
      'apps/one/in.mjs': `export default ${graph('process.env.NAME')}`,
      'apps/one/one.env': 'NAME=one',
      'apps/out.mjs': `export default ${graph('7')}`,
    };
    expect(await loadProjects(files, ['apps/one/langgraph.json'])).toEqual([
      { labels: { in: 'one', out: 7 } },
    ]);
  });

  it('tells where its auth is from', async () => {
    const outcome = await loadProject({
      'langgraph.json': { graphs: { agent: './agent.mjs' }, auth: { path: './auth.mts:auth' } },
      'agent.mjs': `export default ${graph('7')}`,
      'auth.mts': 'export const auth: object = {};',
    });
    expect(outcome).toMatchObject({ auth: { value: 'object', source: './auth.mts:auth' } });
  });
});

describe('The environment of a project', () => {
  const withEnv = (env: unknown) => ({
    'langgraph.json': { graphs: { agent: './agent.mts:graph' }, env },
    'agent.mts': `const { A, B } = process.env;\nexport const graph = ${typedGraph('[A, B]')};`,
    '.env': '# a comment\nA="one\ntwo"\nexport B=\'$A # kept\' # dropped\n',
  });

  it('is a file', async () => {
    expect(await loadProject(withEnv('.env'))).toEqual({ labels: { agent: ['one\ntwo', '$A # kept'] } });
  });

  it('is an object', async () => {
    expect(await loadProject(withEnv({ A: '1', B: '' }))).toEqual({ labels: { agent: ['1', ''] } });
  });

  it('never overrides what is set, be it empty', async () => {
    expect(await loadProject(withEnv('.env'), { A: 'set', B: '' })).toEqual({
      labels: { agent: ['set', ''] },
    });
  });

  it('is a list of names that should be set, which sets nothing', async () => {
    expect(await loadProject(withEnv(['A', 'B']), { A: 'set' })).toEqual({
      labels: { agent: ['set', null] },
    });
  });
});
