import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  graph,
  loadProject,
  loadProjects,
  type Outcome,
  type ProjectFiles,
} from './support/temporary.project.js';

const sound = { 'agent.mjs': `export const agent = ${graph('7')}; export const other = 5;` };
const graphs = { agent: './agent.mjs:agent' };
const json = (content: unknown): ProjectFiles => ({ 'langgraph.json': content });
const named = (path: string): ProjectFiles => json({ graphs: { agent: path } });

const REGISTER = 'register what compile() returns, a promise of it, or a function that returns it';

describe('A project that cannot be served stops the boot with one sentence (abuse case 20)', () => {
  const rows: [string, ProjectFiles, unknown][] = [
    [
      'a langgraph.json that is not there',
      {},
      'cannot be read (ENOENT); LANGGRAPH_JSON names the langgraph.json of a project, relative to the working directory.',
    ],
    [
      'a langgraph.json that is a folder',
      { 'langgraph.json/readme': '' },
      'cannot be read (EISDIR); LANGGRAPH_JSON names the langgraph.json of a project, relative to the working directory.',
    ],
    [
      'an env file that is not there',
      json({ graphs, env: './.env' }),
      'env is ./.env, which cannot be read (ENOENT); create it, or take env away.',
    ],
    [
      'an auth file that is not there',
      json({ graphs, auth: { path: './auth.ts:auth' } }),
      'auth.path is ./auth.ts, which does not exist; paths start at the folder of this file.',
    ],
    [
      'an auth export that is not there',
      json({ graphs, auth: { path: './agent.mjs' } }),
      'auth.path names the export "default" of ./agent.mjs, which exports agent, other; name one that is there.',
    ],
    [
      'a graph file that is not there',
      named('./src/agent.ts:graph'),
      'graphs.agent is ./src/agent.ts, which does not exist; paths start at the folder of this file.',
    ],
    [
      'a graph export that is not there',
      named('./agent.mjs:graph'),
      'graphs.agent names the export "graph" of ./agent.mjs, which exports agent, other; name one that is there.',
    ],
    [
      'a file that exports nothing',
      { ...named('./empty.mts'), 'empty.mts': '' },
      'graphs.agent names the export "default" of ./empty.mts, which exports nothing; name one that is there.',
    ],
    [
      'an export that every object has',
      named('./agent.mjs:toString'),
      'graphs.agent names the export "toString" of ./agent.mjs, which exports agent, other; name one that is there.',
    ],
    [
      'something else than a graph',
      named('./agent.mjs:other'),
      `graphs.agent cannot be served from ./agent.mjs: Graph "agent" is a number, not a graph: ${REGISTER}`,
    ],
    [
      'a promise of something else',
      { ...named('./a.mts:graph'), 'a.mts': 'export const graph = Promise.resolve({ stream: 1 });' },
      `graphs.agent cannot be served from ./a.mts: Graph "agent" is an object of Object, not a graph: ${REGISTER}`,
    ],
    [
      'an export that has no value',
      { ...named('./a.mts:graph'), 'a.mts': 'export let graph: unknown;' },
      `graphs.agent cannot be served from ./a.mts: Graph "agent" is missing: ${REGISTER}`,
    ],
    [
      'a promise that fails',
      { ...named('./a.mts:graph'), 'a.mts': 'export const graph = Promise.reject(new Error("no key"));' },
      'graphs.agent could not be loaded from ./a.mts: Error: no key (a.mts:1:37)',
    ],
    [
      'a builder that does not compile',
      {
        ...named('./a.mts:graph'),
        'a.mts': 'export const graph = { compile() { throw new Error("no edge"); } };',
      },
      'graphs.agent cannot be served from ./a.mts: Error: no edge (a.mts:1:42)',
    ],
    [
      'a file that throws',
      {
        ...named('./src/a.mts'),
        'src/a.mts': 'type X = 1;\n\nthrow new TypeError("not\\na key" as string);',
      },
      'graphs.agent could not be loaded from ./src/a.mts: TypeError: not a key (src/a.mts:3:7)',
    ],
    [
      'a file that throws a text',
      { ...named('./a.mts'), 'a.mts': 'throw "nothing works"' },
      'graphs.agent could not be loaded from ./a.mts: nothing works',
    ],
    [
      'a package that is not installed',
      { ...named('./a.mts'), 'a.mts': 'import "not-installed";' },
      expect.stringContaining("could not be loaded from ./a.mts: Error: Cannot find package 'not-installed'"),
    ],
    [
      'a syntax error',
      { ...named('./a.mts'), 'a.mts': 'export const = 5;' },
      expect.stringMatching(
        /^broken-\d+\/langgraph\.json: graphs\.agent could not be loaded from \.\/a\.mts: .*a\.m?ts:1:13.*$/,
      ),
    ],
  ];
  let outcomes: readonly Outcome[];
  const folderOf = (row: number) => `broken-${row}`;

  beforeAll(async () => {
    const files = rows.flatMap(([, broken], row) =>
      Object.entries({ ...sound, ...broken }).map(([path, content]) => [`${folderOf(row)}/${path}`, content]),
    );
    outcomes = await loadProjects(
      Object.fromEntries(files),
      rows.map((_, row) => `${folderOf(row)}/langgraph.json`),
    );
  });

  it.each(rows.map(([fault, , sentence], row) => [fault, sentence, row] as const))(
    '%s',
    (_, sentence, row) => {
      const prefix = `${folderOf(row)}/langgraph.json: `;
      expect(outcomes[row]).toEqual({
        refused: 'ProjectError',
        sentence: typeof sentence === 'string' ? `${prefix}${sentence}` : sentence,
      });
      expect(outcomes[row].sentence).not.toContain('\n');
    },
  );

  it('a tsconfig.json that extends what is not there', async () => {
    const files = {
      'langgraph.json': { graphs },
      'tsconfig.json': { extends: 'not-installed/tsconfig.json' },
    };
    expect(await loadProject({ ...sound, ...files })).toEqual({
      refused: 'ProjectError',
      sentence: expect.stringMatching(
        /^\.\/langgraph\.json: the tsconfig\.json beside it cannot be used: .*not-installed.*$/,
      ),
    });
  });
});
