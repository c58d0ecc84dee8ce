import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = process.cwd();
/** What is installed, built or kept, and not written. */
const NOT_OURS = /(^|\/)(node_modules|dist|coverage|\.git|\.onauth)(\/|$)/;
const LINK = /\]\((<[^>]+>|[^)\s]+)\)/g;
const HEADING = /^#{1,6} +(.+)$/gm;
const FENCED = /^```[^]*?^```$/gm;

const pages = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.md') && !NOT_OURS.test(path),
);

/** As it is shown: without what only looks like headings and links. */
function textOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(FENCED, '');
}

function linksIn(page: string): readonly string[] {
  return [...textOf(join(ROOT, page)).matchAll(LINK)]
    .map(([, link]) => link.replace(/^<|>$/g, ''))
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** The names that headings can be linked by. */
function anchorsOf(path: string): readonly string[] {
  return [...textOf(path).matchAll(HEADING)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (relative(ROOT, target).startsWith('..') || !existsSync(target)) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

describe('the documents', () => {
  it.each(pages)('link only to what is there: %s', (page) => {
    expect(linksIn(page).filter((link) => isBroken(page, link))).toEqual([]);
  });

  it('can all be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const link of linksIn(page)) {
        const target = relative(ROOT, join(ROOT, dirname(page), link.split('#')[0]));
        if (pages.includes(target)) reached.add(target);
        // A folder is shown with all that it holds.
        for (const inside of pages.filter((path) => dirname(path) === target)) reached.add(inside);
      }
    expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
  });
});
