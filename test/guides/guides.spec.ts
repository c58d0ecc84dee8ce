import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Formatted documents have their own indentation. */
const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim();

describe('the guides', () => {
  it.each(snippets.filter(({ language }) => language === 'ts'))(
    'show code of a file that is built and tested: $guide, $source',
    ({ source, text }) => {
      expect(source).toMatch(/^(examples|test|src)\//);
      expect(flat(readFileSync(source, 'utf8'))).toContain(flat(text));
    },
  );

  it.each(guides)('link only to what is there: %s', (guide) => {
    const links = [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(
      ([, link]) => link,
    );
    const broken = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(GUIDES, dirname(guide), link)),
    );
    expect(broken).toEqual([]);
  });

  it('end with a resource that a new user can try, by the commands that they show', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onauth-guide-'));
    const environment = {
      NODE_ENV: 'development',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'guide.db')}`,
      AUTH_JWT_SECRET: 'a secret that is long enough for HS256 tokens',
    };
    const server = new ServerProcess(folder, environment, [
      join(process.cwd(), 'dist/examples/invoices/main.js'),
    ]);
    try {
      const URL = await server.up();
      const script = snippets.find(({ source }) => source === 'try')?.text ?? 'exit 1';
      const { stdout } = await run('bash', ['-ec', script], {
        env: { PATH: process.env.PATH, HOME: folder, ...environment, URL },
      });
      expect(stdout).toContain('"owner":"alice"');
      expect(stdout).toMatch(/\{"detail":"Invoice with ID [0-9a-f-]{36} not found"\}/);
      expect(stdout).toContain('handler    InvoicesPolicy.read for "invoices:read"');
      expect(stdout).toContain('false      owner = "bob", but owner is "alice"');
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
