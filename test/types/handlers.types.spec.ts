import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const ROOT = process.cwd();

const PREAMBLE = `
import { OnAuth, Authorize, type HandlerArgument, type RouteInput } from '../../src/on-auth/index.js';
import '../../src/threads/threads.events.js';
import '../../src/assistants/assistants.events.js';
import '../../src/runs/runs.events.js';
declare const readThread: RouteInput<'threads:read', { thread_id: string }>;
void [Authorize, readThread, OnAuth];
export type Used = HandlerArgument;
`;

/** Handlers that compile. */
const RIGHT: readonly [string, string][] = [
  [
    'a handler of one event',
    `@OnAuth('threads', 'create') on({ value, user }: HandlerArgument<'threads:create'>) { value.metadata = { owner: user.identity }; return { owner: user.identity }; }`,
  ],
  [
    'a handler of a resource, narrowed by its event',
    `@OnAuth('threads') on(a: HandlerArgument<'threads'>) { return a.event === 'threads:search' ? a.value.limit < 5 : true; }`,
  ],
  [
    'a handler of an action of every resource',
    `@OnAuth('*', 'create') on({ value }: HandlerArgument<'*:create'>) { value.metadata = {}; }`,
  ],
  [
    'a handler of everything',
    `@OnAuth() on({ event }: HandlerArgument) { return event !== 'threads:delete'; }`,
  ],
  [
    'a handler of several events',
    `@OnAuth(['threads:read', 'assistants:read']) on({ resource }: HandlerArgument<'threads:read' | 'assistants:read'>) { return resource === 'threads'; }`,
  ],
  ['a handler that takes nothing', `@OnAuth('threads', 'read') on() { return false; }`],
  [
    'an asynchronous handler',
    `@OnAuth('threads', 'read') async on() { return Promise.resolve({ $or: [{ owner: 'a' }, { team: { $in: ['x'] } }] }); }`,
  ],
  [
    'a handler that accepts more than its event',
    `@OnAuth('threads', 'read') on({ user }: { user: { identity: string } }) { return { owner: user.identity }; }`,
  ],
];

/** Handlers that do not compile, and a part of the compiler's message. */
const WRONG: readonly [string, string, RegExp][] = [
  ['a wrong resource', `@OnAuth('thread') on() { return true; }`, /"thread"/],
  ['a wrong action', `@OnAuth('threads', 'crate') on() { return true; }`, /"crate"/],
  [
    'an action of another resource',
    `@OnAuth('assistants', 'create_run') on() { return true; }`,
    /create_run/,
  ],
  ['a wrong action of every resource', `@OnAuth('*', 'crate') on() { return true; }`, /crate/],
  ['a wrong event in a list', `@OnAuth(['threads:reed']) on() { return true; }`, /threads:reed/],
  [
    'a wrong value field',
    `@OnAuth('threads', 'create') on({ value }: HandlerArgument<'threads:create'>) { return value.ownr === 'x'; }`,
    /'ownr' does not exist/,
  ],
  [
    'a value field of another event',
    `@OnAuth('threads', 'read') on({ value }: HandlerArgument<'threads:read'>) { return value.limit > 1; }`,
    /'limit' does not exist/,
  ],
  [
    'a wrong type of a value field',
    `@OnAuth('threads', 'create') on({ value }: HandlerArgument<'threads:create'>) { value.metadata = 'owner'; }`,
    /not assignable/,
  ],
  [
    'a changed id',
    `@OnAuth('threads', 'read') on({ value }: HandlerArgument<'threads:read'>) { value.thread_id = 'x'; }`,
    /read-only/,
  ],
  [
    'an argument of another event',
    `@OnAuth('threads', 'read') on({ value }: HandlerArgument<'threads:create'>) { return value.if_exists === 'raise'; }`,
    /decorator/,
  ],
  [
    'an argument of one event for a whole resource',
    `@OnAuth('threads') on({ value }: HandlerArgument<'threads:read'>) { return value.thread_id === 'x'; }`,
    /decorator/,
  ],
  ['a number as result', `@OnAuth('threads', 'read') on() { return 1; }`, /decorator/],
  ['a text as result', `@OnAuth('threads', 'read') on() { return 'yes'; }`, /decorator/],
  [
    'an unknown operator in a filter',
    `@OnAuth('threads', 'read') on() { return { owner: { $like: 'a' } }; }`,
    /decorator/,
  ],
  [
    'a route with an unknown action',
    `@Authorize('threads', 'reed', readThread) on() { return true; }`,
    /reed/,
  ],
  [
    'a route with the input of another event',
    `@Authorize('threads', 'create', readThread) on() { return true; }`,
    /not assignable/,
  ],
];

/** Compiles all snippets in one program and gives each one's messages. */
function compile(snippets: readonly string[]): readonly (readonly string[])[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = new Map(
    snippets.map((snippet, index) => [
      join(ROOT, `test/types/snippet-${index}.ts`),
      `${PREAMBLE}\nexport class Policy { ${snippet} }\n`,
    ]),
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (path, version) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, text, version, true);
  };
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  return [...files.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

describe('the types of handlers', () => {
  let right: readonly (readonly string[])[];
  let wrong: readonly (readonly string[])[];
  beforeAll(() => {
    const results = compile([...RIGHT, ...WRONG].map(([, snippet]) => snippet));
    right = results.slice(0, RIGHT.length);
    wrong = results.slice(RIGHT.length);
  }, 120_000);

  it.each(RIGHT.map(([title], index) => [title, index] as const))('%s compiles', (_, index) => {
    expect(right[index]).toEqual([]);
  });

  it.each(WRONG.map(([title, , message], index) => [title, message, index] as const))(
    '%s does not compile',
    (_, message, index) => {
      expect(wrong[index].join('\n')).toMatch(message);
    },
  );
});
