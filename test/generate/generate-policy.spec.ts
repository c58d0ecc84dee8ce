import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const run = promisify(execFile);
const ROOT = process.cwd();
const COMMAND = join(ROOT, 'dist/src/generate/policy.command.js');

/** The project's, without the database server that these specs do not need. */
const JEST = JSON.stringify({
  rootDir: ROOT,
  testMatch: ['<rootDir>/test/generate/made-*/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
});

describe('npm run generate:policy', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(ROOT, 'test/generate/made-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const generate = (...words: string[]) => run(process.execPath, [COMMAND, ...words, '--folder', folder]);

  /** What the compiler says about each of the generated files. */
  function complaints(...names: string[]): readonly string[] {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const paths = names.map((name) => join(folder, name));
    const program = ts.createProgram(paths, { ...options, noEmit: true });
    return paths.map((path) =>
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
        .join('\n'),
    );
  }

  it('writes policies that compile, unless nobody declares the event, and specs that pass', async () => {
    const { stdout } = await generate('threads', 'create');
    expect(stdout).toMatch(/threads-create\.policy\.ts\n.*threads-create\.policy\.spec\.ts\n$/);
    await generate('threads', 'create_run');
    await generate('assistants', 'read');
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const flags = ['--experimental-vm-modules', '--no-warnings', jest, '--config', JEST, '-i', folder];
    const { stderr } = await run(process.execPath, flags, { cwd: ROOT });
    expect(stderr).toContain('Tests:       3 passed, 3 total');
    await generate('threads', 'crate');
    const names = ['threads-create', 'threads-create-run', 'assistants-read', 'threads-crate'];
    const found = complaints(...names.flatMap((name) => [`${name}.policy.ts`, `${name}.policy.spec.ts`]));
    expect(found).toEqual(['', '', '', '', '', '', expect.stringContaining('"crate"'), '']);
  }, 180_000);

  it('overwrites nothing', async () => {
    await generate('threads', 'read');
    const path = join(folder, 'threads-read.policy.ts');
    const before = await readFile(path, 'utf8');
    await expect(generate('threads', 'read')).rejects.toMatchObject({
      code: 1,
      stderr: `${path} is there already: remove it, or write to another --folder.\n`,
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it.each([
    [['threads']],
    [['threads', 'create', 'more']],
    [["x'", 'create']],
    [['../x', 'create']],
    [['Threads', 'create']],
  ])('refuses %j', async (words) => {
    await expect(generate(...words)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/are needed, as in npm run/),
    });
  });
});
