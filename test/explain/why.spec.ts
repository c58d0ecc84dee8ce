import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { OwnerPolicy, parseWhyArguments, why } from '../../src/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const run = promisify(execFile);
const SECRET = 'a secret that is long enough for HS256 tokens';
const options = { modules: [InvoicesModule], policies: [OwnerPolicy, InvoicesPolicy] };

describe.each(databases)('npm run why on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let environment: Record<string, string>;
  let thread: string;
  let invoice: string;

  beforeAll(async () => {
    database = await create();
    environment = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      AUTH_JWT_SECRET: SECRET,
    };
    application = await startApplication({ ...options, databaseUrl: database.url });
    const alice = await application.as('alice');
    const created = await alice('POST', '/threads', {});
    thread = (created.body as { thread_id: string }).thread_id;
    const billed = await alice('POST', '/invoices', { customer: 'Initech', amount_cents: 1 });
    invoice = (billed.body as { invoice_id: string }).invoice_id;
  });
  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  it('tells step by step why somebody does not see a row', async () => {
    const { stdout } = await run(
      process.execPath,
      ['dist/src/why/why.command.js', '--as', 'bob', '--event', 'threads:read', '--id', thread],
      { env: { PATH: process.env.PATH, ...environment } },
    );
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      'principal  bob',
      `event      threads:read ${thread} at ThreadsController.get`,
      'handler    OwnerPolicy.own for "*"',
      'decision   restrict',
      'filter     owner = "bob"',
      expect.stringMatching(/^sql {8}thread: \("thread"\."metadata" -> 'owner'\) = .*:1.* {2}:1 = "bob"$/),
      `row        thread ${thread} {"owner":"alice"}`,
      'false      owner = "bob", but owner is "alice"',
      'answer     404, as if there were no such row',
    ]);
  });

  it('explains the resources of a deployment that hands its options over', async () => {
    const asked = [
      '--as',
      'carol',
      '--permissions',
      'invoices:audit',
      '--event',
      'invoices:read',
      '--id',
      invoice,
    ];
    const text = await why(parseWhyArguments(asked), { ...options, environment });
    expect(text).toContain(
      'handler    InvoicesPolicy.read for "invoices:read", shadows InvoicesPolicy.own, OwnerPolicy.own',
    );
    expect(text).toMatch(/decision {3}allow\n[^]*answer {5}200, the row is visible\n$/);
  });

  it('takes a token in place of a name, and says what is in it', async () => {
    const { DevelopmentTokens } = await import('../../src/authentication/development/development.tokens.js');
    const { parseSecret } = await import('../../src/authentication/keys/secret.parser.js');
    const tokens = new DevelopmentTokens(parseSecret(SECRET).key, {
      issuer: undefined,
      audience: undefined,
    });
    const asked = [
      '--token',
      await tokens.mint({ identity: 'alice' }),
      '--event',
      'threads:read',
      '--id',
      thread,
    ];
    const text = await why(parseWhyArguments(asked), { environment });
    expect(text).toMatch(/^token {6}\{"sub":"alice","permissions":\[\]/);
    expect(text).toContain('answer     200, the row is visible');
  });

  it('refuses a token that proves nobody', async () => {
    const asked = parseWhyArguments(['--token', 'no.such.token', '--event', 'threads:read', '--id', thread]);
    await expect(why(asked, { environment })).rejects.toThrow(
      'The token proves nobody: every request with it is answered with 401.',
    );
  });

  it('names the events when it is asked for another', async () => {
    const asked = parseWhyArguments(['--as', 'bob', '--event', 'threads:reed', '--id', thread]);
    await expect(why(asked, { environment })).rejects.toThrow(
      /^No route fires "threads:reed". Known: assistants:create, /,
    );
  });
});

describe('the arguments of npm run why', () => {
  it.each([
    [[], /^Needed are an event, an id and who is asking: npm run why -- --as bob/],
    [['--as', 'bob', '--token', 't', '--event', 'threads:read', '--id', 'x'], /^Needed are/],
    [['--nonsense'], /^The arguments are not understood/],
    [
      ['--as', 'bob', '--event', 'threads:read', '--id', 'x', '--body', '[]'],
      /^--body must be a JSON object/,
    ],
    [['--as', 'bob', '--event', 'threads:read', '--id', 'x', '--body', '{'], /^--body must be a JSON object/],
  ])('are refused in one sentence: %j', (argv, message) => {
    expect(() => parseWhyArguments(argv)).toThrow(message);
  });
});
