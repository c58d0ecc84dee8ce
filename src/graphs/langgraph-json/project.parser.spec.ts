import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ProjectError } from './project.error.js';
import type { Project } from './project.js';
import { parseProject } from './project.parser.js';

const graphs = { agent: './agent.ts:graph' };
const parse = (json: unknown): Project => parseProject('./app/langgraph.json', JSON.stringify(json));

describe('parseProject', () => {
  it.each([
    ['./agent.ts:graph', './agent.ts', 'graph'],
    ['./agent.ts', './agent.ts', 'default'],
    ['../shared/agent.mjs:default', '../shared/agent.mjs', 'default'],
    ['/srv/agent.cjs:graph', '/srv/agent.cjs', 'graph'],
    ['C:\\work\\agent.tsx:graph', 'C:\\work\\agent.tsx', 'graph'],
    ['C:\\work\\agent.js', 'C:\\work\\agent.js', 'default'],
    ['./a:b/agent.mts', './a:b/agent.mts', 'default'],
    ['./agent.ts:größe$1', './agent.ts', 'größe$1'],
  ])('reads the graph %s', (reference, path, exportName) => {
    const expected = new Map([['agent', { setting: 'graphs.agent', path, exportName }]]);
    expect(parse({ graphs: { agent: reference } }).graphs).toEqual(expected);
    expect(parse({ graphs: { agent: { path: reference, description: 'x' } } }).graphs).toEqual(expected);
  });

  it('keeps every graph, whatever its id', () => {
    const text = '{"graphs":{"__proto__":"./a.ts","toString":"./b.ts","my agent":"./c.ts"}}';
    expect([...parseProject('x', text).graphs.keys()]).toEqual(['__proto__', 'toString', 'my agent']);
  });

  it('knows where the paths of the file start', () => {
    expect(parse({ graphs })).toMatchObject({ file: './app/langgraph.json', folder: resolve('app') });
  });

  it('reads auth and env', () => {
    const env = { KEY: 'value' };
    const auth = { path: './auth.ts:auth' };
    expect(parse({ graphs, auth, env })).toMatchObject({
      auth: { setting: 'auth.path', path: './auth.ts', exportName: 'auth' },
      env,
    });
    expect(parse({ graphs, env: './.env' }).env).toBe('./.env');
    expect(parse({ graphs, env: ['KEY'] }).env).toEqual({});
    expect(parse({ graphs })).toMatchObject({ auth: undefined, env: {} });
  });

  it('reads the times to live and the index of the store', () => {
    const store = (value: unknown) => parse({ graphs, store: value }).store;
    expect(store(undefined)).toEqual({});
    expect(store({ ttl: null, index: null })).toEqual({});
    expect(store({ ttl: { default_ttl: 60, refresh_on_read: false, sweep_interval_minutes: 0.5 } })).toEqual({
      ttl: { defaultTtl: 60, refreshOnRead: false, sweepInterval: 0.5 },
    });
    expect(store({ index: { embed: './embed.ts:embed', dims: 3, fields: ['title'] } })).toEqual({
      index: {
        embed: { setting: 'store.index.embed', path: './embed.ts', exportName: 'embed' },
        dims: 3,
        fields: ['title'],
      },
    });
    expect(store({ index: { embed: 'openai:text-embedding-3-small', dims: 1536 } })).toEqual({
      index: { embed: { openaiModel: 'text-embedding-3-small' }, dims: 1536 },
    });
    expect(store({ index: { embed: 'embed.ts:embed', dims: 3 } }).index?.embed).toMatchObject({
      path: 'embed.ts',
    });
  });

  it('lists what has no effect, and what of it somebody may rely on', () => {
    const json = {
      $schema: 'https://example.com/schema.json',
      node_version: '20',
      dependencies: ['.'],
      graphs,
      env: {},
      store: { ttl: { default_tll: 5 }, index: { embed: 'openai:m', dims: 3 } },
      http: { app: './app.ts' },
      atuh: {},
      auth: { path: './auth.ts', disable_studio_auth: false, cache: {}, toString: 1 },
    };
    const { unused } = parse(json);
    expect(unused.filter(({ matters }) => !matters).map(({ setting }) => setting)).toEqual([
      '$schema',
      'node_version',
      'dependencies',
    ]);
    expect(unused.filter(({ matters }) => matters)).toEqual([
      {
        setting: 'http',
        reason: 'routes are those of this server, and CORS_ORIGINS says which web pages may call them',
        matters: true,
      },
      { setting: 'atuh', reason: 'this server does not know it', matters: true },
      {
        setting: 'auth.disable_studio_auth',
        reason: 'nobody passes without authentication, whatever it says',
        matters: true,
      },
      { setting: 'auth.cache', reason: 'every request is authenticated anew', matters: true },
      { setting: 'auth.toString', reason: 'this server does not know it', matters: true },
      { setting: 'store.ttl.default_tll', reason: 'this server does not know it', matters: true },
    ]);
  });
});

const NOT_JSON = 'is not valid JSON; comments and trailing commas are not allowed.';
const AT_LEAST_ONE = 'graphs must name at least one graph, such as { "agent": "./agent.ts:graph" }.';
const EXPORT = 'must be "path:export", such as "./agent.ts:graph", or an object with such a path.';
const SERVED = 'but only .ts, .mts, .cts, .tsx, .js, .mjs, .cjs, .jsx files can be served.';
const ENV = 'env must be the path of a file, or an object of texts.';
const AUTH = 'auth needs a path, such as { "path": "./auth.ts:auth" }.';

describe('A langgraph.json that is not in the format is refused with one sentence', () => {
  const agent = (value: unknown) => JSON.stringify({ graphs: { agent: value } });
  const withSetting = (name: string, value: unknown) => JSON.stringify({ graphs, [name]: value });
  it.each([
    ['', NOT_JSON],
    ['{ "env": { "KEY": "hunter2" }, }', NOT_JSON],
    ['// graphs\n{}', NOT_JSON],
    ['[]', 'must hold a JSON object, such as { "graphs": { "agent": "./agent.ts:graph" } }.'],
    ['{ "env": {} }', AT_LEAST_ONE],
    ['{ "graphs": {} }', AT_LEAST_ONE],
    ['{ "graphs": ["./agent.ts"] }', AT_LEAST_ONE],
    [agent(5), `graphs.agent ${EXPORT}`],
    [agent(''), `graphs.agent ${EXPORT}`],
    [agent(null), `graphs.agent ${EXPORT}`],
    [agent({ description: 'x' }), `graphs.agent ${EXPORT}`],
    [agent('./agent.py:graph'), `graphs.agent is ./agent.py, ${SERVED}`],
    [agent('./agent.ts:'), `graphs.agent is ./agent.ts:, ${SERVED}`],
    [agent('./agent'), `graphs.agent is ./agent, ${SERVED}`],
    [withSetting('env', 5), ENV],
    [withSetting('env', ''), ENV],
    [withSetting('env', null), ENV],
    [withSetting('env', { PORT: 5 }), 'env.PORT must be a text; put it in quotes.'],
    [withSetting('store', 5), 'store must be an object, such as { "ttl": { "default_ttl": 60 } }.'],
    [withSetting('store', { ttl: 5 }), 'store.ttl must be an object, such as { "default_ttl": 60 }.'],
    [
      withSetting('store', { ttl: { default_ttl: 0 } }),
      'store.ttl.default_ttl must be a number of minutes above 0, at most 52560000.',
    ],
    [
      withSetting('store', { ttl: { sweep_interval_minutes: 1e9 } }),
      'store.ttl.sweep_interval_minutes must be a number of minutes above 0, at most 34560.',
    ],
    [
      withSetting('store', { ttl: { refresh_on_read: 'no' } }),
      'store.ttl.refresh_on_read must be true or false.',
    ],
    [
      withSetting('store', { index: [] }),
      'store.index needs embed and dims, such as { "embed": "./embed.ts:embed", "dims": 1536 }.',
    ],
    [
      withSetting('store', { index: { embed: './a.ts', dims: 1.5 } }),
      'store.index.dims must be a whole number from 1 to 16000: how many numbers the vectors have.',
    ],
    [withSetting('store', { index: { dims: 3 } }), `store.index.embed ${EXPORT}`],
    [
      withSetting('store', { index: { embed: 'cohere:embed-english-v3', dims: 3 } }),
      'store.index.embed names the provider "cohere", but only "openai:model" is known; export an embedding function of your own and name it by "path:export".',
    ],
    [
      withSetting('store', { index: { embed: './a.ts', dims: 3, fields: [] } }),
      'store.index.fields must be a list of paths, such as ["title", "chapters[*].text"].',
    ],
    [withSetting('auth', null), AUTH],
    [withSetting('auth', './auth.ts:auth'), AUTH],
    [withSetting('auth', { disable_studio_auth: true }), AUTH],
    [withSetting('auth', { path: 5 }), `auth.path ${EXPORT}`],
    [withSetting('auth', { path: './auth.py:auth' }), `auth.path is ./auth.py, ${SERVED}`],
  ])('%s', (text, sentence) => {
    const fault = new ProjectError('./langgraph.json', sentence);
    expect(() => parseProject('./langgraph.json', text)).toThrow(fault);
  });
});
