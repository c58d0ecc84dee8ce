import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ServerProcess } from '../support/server.process.js';

const run = promisify(execFile);
const GUIDES = join(process.cwd(), 'docs/guides');
const FENCE = /^```(\w+) ?(.*)\n([^]*?)^```$/gm;

interface Snippet {
  readonly guide: string;
  readonly language: string;
  /** What stands behind the language: the file that a snippet is of. */
  readonly source: string;
  readonly text: string;
}

const guides = readdirSync(GUIDES).filter((name) => name.endsWith('.md'));
const snippets: readonly Snippet[] = guides.flatMap((guide) =>
  [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(FENCE)].map(([, language, source, text]) => ({
    guide,
    language,
    source,
    text,
  })),
);

interface Try {
  readonly guide: string;
  /** The program that the guide starts, as it was built. */
  readonly main: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the script prints, in this order or another. */
  readonly says: readonly RegExp[];
}

const KEY = { AUTH_JWT_SECRET: 'a secret that is long enough for HS256 tokens' };
const TRIES: readonly Try[] = [
  {
    guide: 'add-a-resource.md',
    main: 'dist/examples/invoices/main.js',
    environment: KEY,
    says: [
      /"owner":"alice"/,
      /\{"detail":"Invoice with ID [0-9a-f-]{36} not found"\}/,
      /handler {4}InvoicesPolicy\.read for "invoices:read"/,
      /false {6}owner = "bob", but owner is "alice"/,
    ],
  },
  {
    guide: 'bring-your-langgraph-project.md',
    main: 'dist/src/main.js',
    environment: { LANGGRAPH_JSON: join(process.cwd(), 'examples/langgraph-project/langgraph.json') },
    says: [
      /Good to see you, alice\. Turn 1: hello/,
      /Good to see you, alice\. Turn 2: still there\?/,
      /\{"detail":"Thread with ID [0-9a-f-]{36} not found"\}/,
      /\{"detail":"Invalid token"\}/,
    ],
  },
  {
    guide: 'write-a-handler.md',
    main: 'dist/examples/first-policy/main.js',
    environment: KEY,
    says: [
      /"owner":"alice"/,
      /\{"detail":"Thread with ID [0-9a-f-]{36} not found"\}/,
      /\{"detail":"You may not delete conversations\."\}/,
      /\{"detail":"Forbidden"\}/,
      /204\n$/,
    ],
  },
];

/** Formatted documents have their own indentation. */
const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim();

describe('the guides', () => {
  it.each(snippets.filter(({ language }) => ['ts', 'json'].includes(language)))(
    'show code of a file that is built and tested: $guide, $source',
    ({ source, text }) => {
      expect(source).toMatch(/^(examples|test|src)\//);
      expect(flat(readFileSync(source, 'utf8'))).toContain(flat(text));
    },
  );

  it.each(TRIES)(
    'end with what a new user can try, by the commands that they show: $guide',
    async ({ guide, main, environment = {}, says }) => {
      const folder = await mkdtemp(join(tmpdir(), 'onauth-guide-'));
      const variables = {
        NODE_ENV: 'development',
        PORT: '0',
        DATABASE_URL: `sqlite:${join(folder, 'guide.db')}`,
        ...environment,
      };
      const server = new ServerProcess(folder, variables, [join(process.cwd(), main)]);
      try {
        const URL = await server.up();
        const script = snippets.find((snippet) => snippet.guide === guide && snippet.source === 'try');
        const { stdout } = await run('bash', ['-ec', script?.text ?? 'exit 1'], {
          env: { PATH: process.env.PATH, HOME: folder, ...variables, URL },
        });
        for (const line of says) expect(stdout).toMatch(line);
      } finally {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );

  it('try every script that they show', () => {
    const shown = snippets.filter(({ source }) => source === 'try').map(({ guide }) => guide);
    expect(shown).toEqual(TRIES.map(({ guide }) => guide).sort());
  });
});
