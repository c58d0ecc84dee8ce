import assert from 'node:assert';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpException, Injectable, Post, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AuthorizationContext,
  Authorize,
  Authorized,
  Authorizer,
  CurrentUser,
  NotAdmittedError,
  OnAuth,
  Public,
  type Admission,
  type AuthenticationStrategy,
  type HandlerArgument,
  type Principal,
} from '../../src/on-auth/index.js';
import { buildProbe, createNote, readFile, readNote, type NoteInput } from './probe.application.js';

@Controller()
class ProbeController {
  constructor(private readonly authorizer: Authorizer) {}

  @Post('notes')
  @Authorize('notes', 'create', createNote)
  create(@Authorized() input: NoteInput, @CurrentUser() user: Principal) {
    return { input, identity: user.identity, decisions: decisions() };
  }

  @Get('notes/:note_id')
  @Authorize('notes', 'read', readNote)
  read(@Authorized() { note_id }: { note_id: string }) {
    return { note_id, decisions: decisions() };
  }

  @Get('files/:file_id')
  @Authorize('files', 'read', readFile)
  async file() {
    const inside = await this.authorizer.within('notes:read', { note_id: 'n' }, () => decisions());
    return { inside, outside: decisions() };
  }

  @Get('files/:file_id/notes')
  @Authorize('files', 'read', readFile)
  async filesAndNotes() {
    const beside = await this.authorizer.besides('notes:read', { note_id: 'n' }, () => decisions());
    return { beside, outside: decisions() };
  }

  @Get('files/:file_id/files')
  @Authorize('files', 'read', readFile)
  filesTwice() {
    return this.authorizer.besides('files:read', { file_id: 'f' }, () => decisions());
  }

  @Get('open')
  @Public()
  open() {
    return { scope: AuthorizationContext.current() ?? 'none' };
  }
}

/** Resource -> kind of the decision that holds where it is called. */
function decisions(): Record<string, string> {
  const scope = AuthorizationContext.current();
  if (scope?.kind !== 'principal') return {};
  return Object.fromEntries([...scope.decisions].map(([resource, decision]) => [resource, decision.kind]));
}

let app: NestFastifyApplication | undefined;
afterEach(() => app?.close());

interface ProbeRequest {
  method?: 'GET' | 'POST';
  url?: string;
  user?: string;
  body?: unknown;
}

async function ask(policy: Type | readonly Type[], request: ProbeRequest = {}, options = {}) {
  const providers = Array.isArray(policy) ? [...(policy as Type[])] : [policy as Type];
  app = await buildProbe({ controllers: [ProbeController], providers }, options);
  await app.listen(0, '127.0.0.1');
  const { method = 'GET', url = '/notes/n1', user = 'alice', body } = request;
  const response = await fetch(`${await app.getUrl()}${url}`, {
    method,
    headers: {
      ...(user && { 'x-test-user': user }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** A policy whose handler of `notes:read` gives this result. */
function answering(result: unknown): Type {
  @Injectable()
  class AnsweringPolicy {
    @OnAuth('notes', 'read')
    read() {
      return result as boolean;
    }
  }
  return AnsweringPolicy;
}

/** A policy whose handler of `notes:read` throws this. */
function throwing(error: unknown): Type {
  @Injectable()
  class ThrowingPolicy {
    @OnAuth('notes', 'read')
    read(): boolean {
      throw error;
    }
  }
  return ThrowingPolicy;
}

describe('an admission', () => {
  it('that throws answers for everybody whom it does not let in, before a handler is asked', async () => {
    const admission: Admission = {
      admit: ({ identity }) => {
        if (identity === 'alice') throw new NotAdmittedError(429, 'Come again', { 'retry-after': '7' });
      },
    };
    const refused = await ask(throwing(new Error('asked')), {}, { admission });
    expect(refused).toMatchObject({ status: 429, body: { detail: 'Come again' } });
    expect(refused.headers.get('retry-after')).toBe('7');
    await app?.close();
    expect(await ask(answering(true), { user: 'bob' }, { admission })).toMatchObject({ status: 200 });
  });

  it('that fails lets nobody in, and says nothing of its failure', async () => {
    const admission: Admission = { admit: () => Promise.reject(new Error('redis://user:password@host')) };
    expect(await ask(answering(true), {}, { admission })).toMatchObject({
      status: 500,
      body: { detail: 'Internal Server Error' },
    });
  });
});

describe('what a handler returns', () => {
  it.each([
    ['nothing', undefined, 'allow'],
    ['null', null, 'allow'],
    ['true', true, 'allow'],
    ['an empty filter', {}, 'allow'],
    ['a filter', { owner: 'alice' }, 'restrict'],
    ['a promise of true', Promise.resolve(true), 'allow'],
    ['a promise of a filter', Promise.resolve({ owner: 'alice' }), 'restrict'],
  ])('%s decides', async (_, result, kind) => {
    expect(await ask(answering(result))).toMatchObject({
      status: 200,
      body: { note_id: 'n1', decisions: { notes: kind } },
    });
  });

  it.each([
    ['false', false],
    ['a promise of false', Promise.resolve(false)],
  ])('%s denies with 403', async (_, result) => {
    expect(await ask(answering(result))).toMatchObject({ status: 403, body: { detail: 'Forbidden' } });
  });

  it.each([
    ['0', 0],
    ['an empty string', ''],
    ['NaN', Number.NaN],
    ['a number', 7],
    ['a string', 'yes'],
    ['a bigint', 1n],
    ['a symbol', Symbol('yes')],
    ['a list', []],
    ['a list with a filter', [{ owner: 'alice' }]],
    ['a function', () => true],
    ['a promise of a function', Promise.resolve(() => true)],
    ['a date', new Date()],
    ['a map', new Map([['owner', 'alice']])],
    ['an undefined value', { owner: undefined }],
    ['an unknown operator', { owner: { $like: 'a%' } }],
    ['two operators', { owner: { $eq: 'alice', $ne: 'bob' } }],
    ['an operator at the top', { $eq: 'alice' }],
    ['an empty $or', { $or: [] }],
    ['an empty member', { $or: [{}] }],
  ])('%s is refused with 500 and says nothing of itself (abuse case 24)', async (_, result) => {
    expect(await ask(answering(result))).toMatchObject({
      status: 500,
      body: { detail: 'Internal Server Error' },
    });
  });
});

describe('what a handler throws', () => {
  it('an HttpException passes as it is', async () => {
    expect(await ask(throwing(new HttpException('no tea here', 418)))).toMatchObject({
      status: 418,
      body: { detail: 'no tea here' },
    });
  });

  it("the SDK's HTTPException passes with its headers", async () => {
    const error = new HTTPException(402, { message: 'try later', headers: { 'x-plan': 'free' } });
    const answer = await ask(throwing(error));
    expect(answer).toMatchObject({ status: 402, body: { detail: 'try later' } });
    expect(answer.headers.get('x-plan')).toBe('free');
  });

  it("a failed assertion is 403 with the author's message", async () => {
    const error = new assert.AssertionError({ message: 'Not authorized' });
    expect(await ask(throwing(error))).toMatchObject({ status: 403, body: { detail: 'Not authorized' } });
  });

  it('a failed assertion without a message is 403 Forbidden', async () => {
    const error = new assert.AssertionError({ actual: 'secret', expected: 'x', operator: 'strictEqual' });
    expect(await ask(throwing(error))).toMatchObject({ status: 403, body: { detail: 'Forbidden' } });
  });

  it.each([
    ['an Error with a connection string', new Error('postgres://admin:secret@db/prod')],
    ['a string', 'boom'],
    ['nothing', undefined],
  ])('%s is a 500 without its text (abuse case 27)', async (_, error) => {
    expect(await ask(throwing(error))).toMatchObject({
      status: 500,
      body: { detail: 'Internal Server Error' },
    });
  });

  it('a handler that never settles is refused after the timeout (abuse case 28)', async () => {
    const never = new Promise<boolean>(() => undefined);
    expect(await ask(answering(never), {}, { handlerTimeoutMs: 20 })).toMatchObject({ status: 500 });
  });
});

describe('the choice of the handler', () => {
  @Injectable()
  class EverySpecificityPolicy {
    @OnAuth('notes', 'create')
    exact({ value }: HandlerArgument<'notes:create'>) {
      value.metadata = { by: 'notes:create' };
    }
    @OnAuth('notes')
    resource() {
      return { by: 'notes' };
    }
    @OnAuth('*', 'read')
    action() {
      return true;
    }
    @OnAuth()
    everything() {
      return false;
    }
  }

  it('resource:action wins, and runs alone', async () => {
    const answer = await ask(EverySpecificityPolicy, {
      method: 'POST',
      url: '/notes',
      body: { note_id: 'n1' },
    });
    expect(answer.body).toMatchObject({
      input: { metadata: { by: 'notes:create' } },
      decisions: { notes: 'allow' },
    });
  });

  it('the resource wins over *:action', async () => {
    expect(await ask(EverySpecificityPolicy)).toMatchObject({ body: { decisions: { notes: 'restrict' } } });
  });

  it('*:action wins over *', async () => {
    expect(await ask(EverySpecificityPolicy, { url: '/files/f1' })).toMatchObject({ status: 200 });
  });

  it('* answers for the rest', async () => {
    @Injectable()
    class RestPolicy {
      @OnAuth('notes')
      notes() {
        return true;
      }
      @OnAuth()
      rest() {
        return false;
      }
    }
    expect(await ask(RestPolicy, { url: '/files/f1' })).toMatchObject({ status: 403 });
  });

  it('without any handler everything is denied (abuse case 22)', async () => {
    expect(await ask([])).toMatchObject({ status: 403, body: { detail: 'Forbidden' } });
  });

  it('a handler is called exactly once, with event, value, user and permissions (abuse case 28)', async () => {
    const calls: unknown[] = [];
    @Injectable()
    class RecordingPolicy {
      @OnAuth('notes', 'read')
      read(argument: HandlerArgument<'notes:read'>) {
        calls.push(argument);
      }
    }
    await ask(RecordingPolicy, { user: 'alice:notes' });
    expect(calls).toEqual([
      {
        event: 'notes:read',
        resource: 'notes',
        action: 'read',
        value: { note_id: 'n1' },
        user: { identity: 'alice', display_name: 'alice', is_authenticated: true, permissions: ['notes'] },
        permissions: ['notes'],
      },
    ]);
  });
});

describe('the value', () => {
  it('reaches the controller as the handler left it (abuse case 26)', async () => {
    @Injectable()
    class StampingPolicy {
      @OnAuth('notes', 'create')
      stamp({ user, value }: HandlerArgument<'notes:create'>) {
        value.metadata.owner = user.identity;
        return { owner: user.identity };
      }
    }
    const body = { note_id: 'n1', metadata: { owner: 'mallory', topic: 'x' } };
    expect(await ask(StampingPolicy, { method: 'POST', url: '/notes', body })).toMatchObject({
      status: 201,
      body: { input: { note_id: 'n1', metadata: { owner: 'alice', topic: 'x' } }, identity: 'alice' },
    });
  });

  it('cannot name another row after the handler: a changed id is refused with 500 (abuse case 26)', async () => {
    @Injectable()
    class RedirectingPolicy {
      @OnAuth('notes', 'read')
      redirect({ value }: HandlerArgument<'notes:read'>) {
        Object.assign(value, { note_id: 'n2' });
      }
    }
    expect(await ask(RedirectingPolicy)).toMatchObject({
      status: 500,
      body: { detail: 'Internal Server Error' },
    });
  });
});

describe('the context', () => {
  it('is empty on a public route', async () => {
    expect(await ask([], { url: '/open', user: '' })).toEqual(
      expect.objectContaining({ status: 200, body: { scope: 'none' } }),
    );
  });

  it('holds exactly the further decision inside within, and the first one outside', async () => {
    @Injectable()
    class TwoPolicy {
      @OnAuth('files')
      files() {
        return true;
      }
      @OnAuth('notes')
      notes() {
        return { owner: 'alice' };
      }
    }
    expect(await ask(TwoPolicy, { url: '/files/f1' })).toMatchObject({
      body: { inside: { notes: 'restrict' }, outside: { files: 'allow' } },
    });
  });

  it.each([
    ['restrict', { owner: 'alice' }],
    ['deny', false],
  ])(
    'holds both decisions inside besides, the further one being %s, and the first one outside',
    async (kind, answer) => {
      @Injectable()
      class TwoPolicy {
        @OnAuth('files')
        files() {
          return true;
        }
        @OnAuth('notes')
        notes() {
          return answer as boolean;
        }
      }
      expect(await ask(TwoPolicy, { url: '/files/f1/notes' })).toMatchObject({
        status: 200,
        body: { beside: { files: 'allow', notes: kind }, outside: { files: 'allow' } },
      });
    },
  );

  it('never joins two decisions about one resource', async () => {
    @Injectable()
    class AnyPolicy {
      @OnAuth()
      any() {
        return true;
      }
    }
    expect(await ask(AnyPolicy, { url: '/files/f1/files' })).toMatchObject({ status: 500 });
  });

  it('refuses with 403 when the further decision is denied', async () => {
    @Injectable()
    class FilesOnlyPolicy {
      @OnAuth('files')
      files() {
        return true;
      }
    }
    expect(await ask(FilesOnlyPolicy, { url: '/files/f1' })).toMatchObject({ status: 403 });
  });
});

describe('authentication', () => {
  const allow = answering(true);

  it('comes before everything else: 401 without a token, whatever the body', async () => {
    const answer = await ask(allow, { method: 'POST', url: '/notes', user: '', body: { note_id: 7 } });
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Unauthorized' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('is not asked for on a route that does not exist: 404 for everybody', async () => {
    expect(await ask(allow, { url: '/nowhere', user: '' })).toMatchObject({
      status: 404,
      body: { detail: 'Not Found' },
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty identity', { identity: '' }],
    ['an identity of another type', { identity: 7 }],
    ['an identity with a line break', { identity: 'alice\nbob' }],
    ['an identity of 513 characters', { identity: 'a'.repeat(513) }],
    ['permissions that are no list', { identity: 'alice', permissions: 'all' }],
    ['permissions that are no texts', { identity: 'alice', permissions: [1] }],
    ['somebody who is not authenticated', { identity: 'alice', is_authenticated: false }],
    ['a list', [{ identity: 'alice' }]],
    ['a number', 7],
  ])('a strategy that succeeds with %s proves nobody: 401 (abuse case 21)', async (_, user) => {
    class OddStrategy implements AuthenticationStrategy {
      declare success: (user: unknown) => void;
      authenticate(this: OddStrategy) {
        this.success(user);
      }
    }
    expect(await ask(allow, {}, { strategies: [new OddStrategy()] })).toMatchObject({ status: 401 });
  });

  it.each([
    ['a failed assertion', new assert.AssertionError({ message: 'bad key' }), 401, 'bad key'],
    ['any other error', new Error('ldap://admin:secret@directory'), 500, 'Internal Server Error'],
  ])('a strategy that throws %s (abuse case 21)', async (_, error, status, detail) => {
    class BrokenStrategy implements AuthenticationStrategy {
      authenticate() {
        throw error;
      }
    }
    expect(await ask(allow, {}, { strategies: [new BrokenStrategy()] })).toMatchObject({
      status,
      body: { detail },
    });
  });
});
