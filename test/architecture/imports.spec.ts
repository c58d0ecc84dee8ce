import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCE = join(process.cwd(), 'src');
const IMPORT = /^\s*(?:import|export)\s[^;]*?from\s+'(\.[^']+)\.js'|^\s*import\s+'(\.[^']+)\.js'/gm;

/** File -> files that it imports, all relative to `src` and without extension. Imports of types only are left out. */
function importsOf(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8').replaceAll(
        /^\s*(import|export) type [^;]*;/gm,
        '',
      );
      const targets = [...text.matchAll(IMPORT)].map(([, named, bare]) =>
        relative(SOURCE, join(SOURCE, dirname(file), named ?? bare)),
      );
      return [file.slice(0, -3), targets];
    }),
  );
}

/** The first cycle that can be reached from a file, as a path; undefined when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('the source', () => {
  const graph = importsOf();

  it('is found', () => {
    expect(graph.size).toBeGreaterThan(50);
    expect(graph.get('app.module')).toContain('on-auth/index');
  });

  it('has no cycle of imports', () => {
    expect(findCycle(graph)).toBeUndefined();
  });

  it('imports on-auth from nowhere but on-auth itself', () => {
    const outward = [...graph].filter(([file]) => file.startsWith('on-auth/'));
    const strangers = outward.flatMap(([, targets]) =>
      targets.filter((target) => !target.startsWith('on-auth/')),
    );
    expect(strangers).toEqual([]);
  });

  it('lets persistence know on-auth and nothing else', () => {
    const outward = [...graph].filter(([file]) => file.startsWith('persistence/'));
    const strangers = outward.flatMap(([, targets]) =>
      targets.filter((target) => !/^(persistence|on-auth)\//.test(target)),
    );
    expect(strangers).toEqual([]);
  });

  it('does not serve what is there for tests', () => {
    const importers = [...graph].filter(([, targets]) =>
      targets.some((target) => target.startsWith('testing/')),
    );
    expect(importers.filter(([file]) => !file.startsWith('testing/'))).toEqual([]);
  });

  it('lets nobody but the boot and the test bed import the application', () => {
    const importers = [...graph]
      .filter(([, targets]) => targets.includes('app.module'))
      .map(([file]) => file);
    expect(importers.sort()).toEqual(['server', 'testing/auth-test-bed']);
  });
});
