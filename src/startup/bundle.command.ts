import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUNDLE, CACHE } from './compiled.bundle.cjs';

/**
 * Makes one file of the built service and all its packages, and keeps what V8 compiled of it. The last step of `npm run build`.
 *
 * Usage: `node dist/src/startup/bundle.command.js`
 */
const SOURCE = join(import.meta.dirname, '..');
const RANDOM = join(import.meta.dirname, 'random.pool.js');
const CACHE_COMMAND = join(import.meta.dirname, 'cache.command.cjs');

/** Loaded from `node_modules` and not before they are used: a native module, and a driver that TypeORM loads by itself too. */
const INSTALLED = /^(sqlite3|pg)$/;
/** Packages that Nest looks for and does without. The server has neither messages nor sockets, and its packages none of the others. */
const ABSENT =
  /^(@nestjs\/(microservices|websockets|platform-express)|@fastify\/(multipart|static|view))(\/|$)/;

interface Adjustment {
  readonly file: RegExp;
  /** Parts of its text, and what stands there instead. */
  readonly changes: readonly (readonly [part: string | RegExp, replacement: string])[];
}

/** What packages do that a start or a run can do without, or at a lower price. */
const ADJUSTED: readonly Adjustment[] = [
  {
    // It makes itself a `require` that a bundler does not see, and so would load a second TypeORM.
    file: /@nestjs\/typeorm\/dist\/common\/typeorm-compat\.js$/,
    changes: [['const require = createRequire(import.meta.url);', '']],
  },
  {
    // The format of dates takes 10 ms, and who logs only errors needs none.
    file: /@nestjs\/common\/services\/(console-)?logger\.service\.js$/,
    changes: [
      ['const dateTimeFormatter =', 'let formatter;\nconst dateTimeFormatter = () => formatter ??='],
      ['dateTimeFormatter.format(', 'dateTimeFormatter().format('],
    ],
  },
  {
    // The numbering plans of all countries, for a rule that no input has.
    file: /class-validator\/cjs\/decorator\/string\/IsPhoneNumber\.js$/,
    changes: [
      ['const max_1 = require("libphonenumber-js/max");', ''],
      ['(0, max_1.parsePhoneNumber)', 'require("libphonenumber-js/max").parsePhoneNumber'],
    ],
  },
  {
    // Three packages have a copy of the same function, and draw the bytes of each id by themselves.
    file: /(uuid|uuid\/src|uuid\/dist-node)\/rng\.m?js$/,
    changes: [
      ['const rnds8', `import { drawRandom } from ${JSON.stringify(RANDOM)};\nconst rnds8`],
      ['crypto.getRandomValues(rnds8)', 'drawRandom(rnds8)'],
    ],
  },
  {
    // LangChain makes one for each step of a graph, traced or not: to define each property costs more than what it is made for.
    file: /langsmith\/lib\/run_trees\.mjs$/,
    changes: [
      [
        /Object\.defineProperty\(this, "(\w+)", \{\s*enumerable: true,\s*configurable: true,\s*writable: true,\s*value: void 0\s*\}\);/g,
        'this.$1 = void 0;',
      ],
    ],
  },
];

/** Wrapped here: put around the text when it is read, it would be copied. */
const BEGIN = `(function (module, exports, require, __filename, __dirname) {
const __url = require('node:url').pathToFileURL(__filename).href;`;

const packages: Plugin = {
  name: 'packages',
  setup(bundler) {
    bundler.onResolve({ filter: INSTALLED }, ({ path, namespace }) =>
      namespace === 'installed' ? { path, external: true } : { path, namespace: 'installed' },
    );
    bundler.onLoad({ filter: INSTALLED, namespace: 'installed' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
    bundler.onResolve({ filter: ABSENT }, ({ path }) => ({ path, namespace: 'absent' }));
    bundler.onLoad({ filter: ABSENT, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of the server');`,
    }));
    for (const { file, changes } of ADJUSTED)
      bundler.onLoad({ filter: file }, ({ path }) => ({
        contents: changes.reduce(
          (text, [part, replacement]) => replaced(text, part, replacement),
          readFileSync(path, 'utf8'),
        ),
      }));
  },
};

await writeBundle();
await compile();

async function writeBundle(): Promise<void> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { serve } from './serve.js'; export const up = serve();`,
      resolveDir: SOURCE,
    },
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // Errors, entities and migrations are known by the names of their classes.
    keepNames: true,
    define: { 'import.meta.url': '__url' },
    banner: { js: BEGIN },
    footer: { js: '})' },
    // V8 knows no `import()` in a script; what is in the bundle or installed needs none.
    supported: { 'dynamic-import': false },
    external: ['tsx/*'],
    plugins: [packages],
    write: false,
    logLevel: 'warning',
  });
  mkdirSync(dirname(BUNDLE), { recursive: true });
  rmSync(CACHE, { force: true });
  for (const { path, text } of outputFiles) writeFileSync(path, ascii(withNamesOfClasses(text)));
}

/**
 * esbuild renames what has the name of something else, and `keepNames` gives all of it its own again: every closure of every request
 * too, which cost a quarter of a short one. Nobody asks for the names of functions, so only those of classes are given back.
 */
function withNamesOfClasses(text: string): string {
  const ofDeclaration = /^ *__name\((?!this,)[\w$]+, "[^"]*"\);$/gm;
  const ofExpression = '/* @__PURE__ */ __name(';
  const helper = 'var __name = ';
  return replaced(text, helper, `var __unnamed = (target) => target;\n${helper}`)
    .replaceAll(ofDeclaration, '')
    .replaceAll(ofExpression, '__unnamed(');
}

/** Of other letters, which esbuild leaves in regular expressions and comments: a text of ASCII alone takes V8 half the memory. */
function ascii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** In a process of its own, which starts on an empty database and with no settings but these. */
async function compile(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onauth-build-'));
  const settings = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    DATABASE_URL: 'sqlite:empty.db',
    AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'error',
  };
  try {
    execFileSync(process.execPath, [CACHE_COMMAND], { cwd: folder, env: settings });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @throws Error where a package is not as it was when this was written */
function replaced(text: string, part: string | RegExp, replacement: string): string {
  const isThere = typeof part === 'string' ? text.includes(part) : text.search(part) >= 0;
  if (!isThere) throw new Error(`There is no "${String(part)}" any more`);
  return text.replace(part, replacement);
}
