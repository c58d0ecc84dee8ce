import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ServerProcess } from '../support/server.process.js';
import { Clone } from './support/clone.js';

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
  /** The folder that the commands before make, and that is built then. */
  readonly makes?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the script prints, in this order or another. */
  readonly says: readonly RegExp[];
}

const KEY = { AUTH_JWT_SECRET: 'a secret that is long enough for HS256 tokens' };
const TRIES: readonly Try[] = [
  {
    guide: 'add-a-resource.md',
    main: 'dist/examples/receipts/main.js',
    makes: 'examples/receipts',
    environment: KEY,
    says: [
      /"owner":"alice"/,
      /\{"detail":"Receipt with ID [0-9a-f-]{36} not found"\}/,
      /handler {4}ReceiptsPolicy\.read for "receipts:read"/,
      /false {6}owner = "bob", but owner is "alice"/,
    ],
  },
  {
    guide: 'bring-your-langgraph-project.md',
    main: 'dist/src/startup/start.cjs',
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
    async ({ guide, main, makes, environment = {}, says }) => {
      const script = (name: string) =>
        snippets.find((snippet) => snippet.guide === guide && snippet.source === name)?.text ?? 'exit 1';
      const clone = await Clone.make();
      if (makes) {
        await clone.run(script('copy'));
        await clone.build(makes);
      }
      const variables = {
        NODE_ENV: 'development',
        PORT: '0',
        DATABASE_URL: `sqlite:${join(clone.folder, 'guide.db')}`,
        ...environment,
      };
      const server = new ServerProcess(clone.folder, variables, [main]);
      try {
        const output = await clone.run(script('try'), { ...variables, URL: await server.up() });
        for (const line of says) expect(output).toMatch(line);
      } finally {
        await server.stop();
        await clone.remove();
      }
    },
    60_000,
  );

  it('try every script that they show', () => {
    const shown = snippets.filter(({ source }) => source === 'try').map(({ guide }) => guide);
    expect(shown).toEqual(TRIES.map(({ guide }) => guide).sort());
  });
});
