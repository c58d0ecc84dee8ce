import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
/** Speaks of titles, and is none. */
const OWN = 'architecture/abuse-cases.spec.ts';
const CASES = 72;
/** `(abuse case 7)`, `(abuse cases 7, 8 and 9)`, `abuse case 7: ...`, in a text of one line. */
const MENTION = /['"`].*?\babuse cases? (\d+(?:(?:, | and )\d+)*)/g;
/** `| 7 | what is tried | where |` */
const ROW = /^\| (\d+) +\| (.+?) +\| (.+?) +\|$/gm;
const NOT_APPLICABLE = /^Cannot apply: .{20,}/;

interface Case {
  readonly number: number;
  readonly where: string;
}

const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

async function specs(): Promise<string[]> {
  const found = ['src', 'test'].map(async (folder) => {
    const paths = await readdir(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' });
    return paths
      .filter((path) => path.endsWith('.spec.ts') && path !== OWN)
      .map((path) => `${folder}/${path}`);
  });
  return (await Promise.all(found)).flat();
}

/** Number of a case -> the specs that have it in a title. */
async function namedCases(): Promise<Map<number, Set<string>>> {
  const named = new Map<number, Set<string>>();
  for (const path of await specs()) {
    for (const [, numbers] of (await read(path)).matchAll(MENTION)) {
      for (const number of numbers.match(/\d+/g) ?? [])
        named.set(Number(number), (named.get(Number(number)) ?? new Set()).add(path));
    }
  }
  return named;
}

async function documentedCases(): Promise<Case[]> {
  const section = (await read('docs/security.md')).split('## Abuse cases')[1] ?? '';
  return [...section.matchAll(ROW)].map(([, number, , where]) => ({ number: Number(number), where }));
}

describe('the abuse cases of docs/security.md', () => {
  it('are all of them, in order, each once', async () => {
    const numbers = (await documentedCases()).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: CASES }, (_, index) => index + 1));
  });

  it('are each tried by a test that has the number in its title, in the specs that are named, or cannot apply', async () => {
    const named = await namedCases();
    const untried = (await documentedCases()).filter(({ number, where }) => {
      if (NOT_APPLICABLE.test(where)) return false;
      const specs = [...where.matchAll(/`([^`]+\.spec\.ts)`/g)].map(([, path]) => path);
      return specs.length === 0 || !specs.every((path) => named.get(number)?.has(path));
    });
    expect(untried).toEqual([]);
  });

  it('are what titles mean: no test names a number that there is not', async () => {
    const named = [...(await namedCases()).keys()];
    expect(named.filter((number) => number < 1 || number > CASES)).toEqual([]);
  });
});
