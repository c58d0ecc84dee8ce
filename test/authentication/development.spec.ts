import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { readDevelopmentKey } from '../../src/authentication/development/development.keys.js';
import { openDevelopmentTokens } from '../../src/authentication/development/development.tokens.js';
import { parseConfiguration } from '../../src/configuration/configuration.parser.js';
import { startApp } from './support/authentication.app.js';
import { SECRET } from './support/token.forge.js';

const COMMAND = resolve('src/authentication/development/token.command.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onauth-'));
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run token -- ...arguments` in the folder, without the build. */
function token(args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const { PATH = '' } = process.env;
  const command = ['--import', import.meta.resolve('tsx'), COMMAND, ...args];
  return new Promise((settle) => {
    execFile(
      process.execPath,
      command,
      { cwd: folder, env: { PATH, ...environment } },
      (error, stdout, stderr) => {
        settle({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

describe('The development key', () => {
  it('is made once, readable for its owner only', async () => {
    const file = join(folder, '.onauth', 'development.json');
    const made = await readDevelopmentKey(file);
    const kept = await readDevelopmentKey(file);
    expect(kept.key.equals(made.key)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, '.onauth'))).mode & 0o777).toBe(0o700);
  });

  it('is the same for all who start at about the same time, and leaves no drafts behind', async () => {
    for (let round = 0; round < 20; round += 1) {
      const directory = join(folder, String(round));
      const start = async (order: number) => {
        await new Promise((resolve) => setTimeout(resolve, order / 2));
        return (await readDevelopmentKey(join(directory, 'development.json'))).key;
      };
      const keys = await Promise.all(Array.from({ length: 12 }, (_none, order) => start(order)));
      expect(keys.every((key) => key.equals(keys[0]))).toBe(true);
      expect(await readdir(directory)).toEqual(['development.json']);
    }
  });

  it.each(['', '{}', '{"secret":"short"}', 'not JSON'])(
    'is not made up when its file holds %j',
    async (text) => {
      const file = join(folder, 'development.json');
      await writeFile(file, text);
      await expect(readDevelopmentKey(file)).rejects.toThrow(
        `${file} holds no development key; delete it, and the next start makes a new one.`,
      );
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});

describe('A development token', () => {
  it('is accepted by a server with the same secret, issuer and audience', async () => {
    const environment = { AUTH_JWT_SECRET: SECRET, AUTH_JWT_ISSUER: 'me', AUTH_JWT_AUDIENCE: 'here' };
    const tokens = await openDevelopmentTokens(parseConfiguration(environment));
    const app = await startApp(environment);
    const minted = await tokens.mint({
      identity: 'alice',
      permissions: ['threads:write'],
      displayName: 'Alice',
    });
    expect(await app.meWith(minted)).toMatchObject({
      status: 200,
      body: { identity: 'alice', display_name: 'Alice', permissions: ['threads:write'] },
    });
    await app.close();
  });

  it('is not made in production, nor where somebody else signs', async () => {
    const production = parseConfiguration({ NODE_ENV: 'production', AUTH_JWT_SECRET: SECRET });
    await expect(openDevelopmentTokens(production)).rejects.toThrow(
      'NODE_ENV is production, where tokens come from the issuer and are not made here.',
    );
    const remote = parseConfiguration({ AUTH_JWKS_URI: 'https://issuer.example/keys' });
    await expect(openDevelopmentTokens(remote)).rejects.toThrow(
      'Tokens can be made here only with the development keys or AUTH_JWT_SECRET, and another kind of key is configured.',
    );
  });
});

describe('npm run token', () => {
  it('prints the token alone', async () => {
    const { code, stdout, stderr } = await token([
      'alice',
      '--permissions',
      'threads:write,threads:read',
      '--expires',
      '2h',
      '--name',
      'Alice',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { sub, name, permissions, iat = 0, exp = 0 } = decodeJwt(stdout.trim());
    expect({ sub, name, permissions }).toEqual({
      sub: 'alice',
      name: 'Alice',
      permissions: ['threads:write', 'threads:read'],
    });
    expect(exp - iat).toBe(2 * 60 * 60);
  });

  it('signs with one key when two processes make it at the same time', async () => {
    const tokens = await Promise.all([token(['alice']), token(['bob'])]);
    const { secret } = JSON.parse(await readFile(join(folder, '.onauth', 'development.json'), 'utf8')) as {
      secret: string;
    };
    const app = await startApp({ AUTH_JWT_SECRET: secret });
    const answers = await Promise.all(tokens.map(({ stdout }) => app.meWith(stdout.trim())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await app.close();
  });

  it.each([
    [
      'arguments it does not understand',
      ['alice', 'bob'],
      {},
      'Exactly one identity is needed: npm run token -- <identity> [--permissions a,b] [--name "Name"] [--expires 8h].',
    ],
    [
      'production',
      ['alice'],
      { NODE_ENV: 'production' },
      'NODE_ENV is production, where tokens come from the issuer and are not made here.',
    ],
    [
      'a wrong environment',
      ['alice'],
      { PORT: 'http' },
      'PORT is "http", but must be a whole number from 0 to 65535.',
    ],
  ])('ends with one sentence for %s', async (_what, args, environment, sentence) => {
    expect(await token(args, environment)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
  });

  it('reads the .env file of the working directory', async () => {
    await mkdir(join(folder, '.onauth'));
    await writeFile(join(folder, '.env'), `AUTH_JWT_SECRET=${SECRET}\n`);
    const { stdout } = await token(['alice']);
    const app = await startApp({ AUTH_JWT_SECRET: SECRET });
    expect(await app.meWith(stdout.trim())).toMatchObject({ status: 200 });
    expect(await readdir(join(folder, '.onauth'))).toEqual([]);
    await app.close();
  });
});
