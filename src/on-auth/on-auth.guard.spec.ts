import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ADMIT_EVERYBODY, type Admission } from './admission.js';
import { AuthorizationContext } from './authorization.context.js';
import { Authorizer } from './authorizer.js';
import { ForbiddenError, UnauthenticatedError } from './errors.js';
import type { AuthEvent } from './event.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerResolver } from './handler.resolver.js';
import { OnAuthGuard } from './on-auth.guard.js';
import { PassportAuthenticator, type AuthenticationStrategy } from './passport.authenticator.js';
import { RouteAuthorizer } from './route.authorizer.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';
import { RouteRegistry } from './route.registry.js';

class PapersController {
  read(): void {}
  open(): void {}
  unknown(): void {}
}

interface Wiring {
  readonly answer?: unknown;
  readonly admission?: Admission;
  /** What was done, in order. */
  readonly steps?: string[];
  /** The requests that the route's input was read from. */
  readonly seen?: RouteRequest[];
}

/** Believes the header `user`. */
const trusting = (steps: string[]): AuthenticationStrategy => ({
  authenticate(this: object, { headers }: RouteRequest) {
    steps.push('authenticate');
    const { success, fail } = this as { success(user: unknown): void; fail(): void };
    if (headers.user === undefined) fail();
    else success(headers.user);
  },
});

const access = ({ steps = [], seen = [] }: Wiring): AuthorizedAccess => ({
  kind: 'authorized',
  event: 'papers:read' as unknown as AuthEvent,
  further: [],
  ids: [],
  fixed: ['paper_id'],
  input: {
    ids: {},
    carriers: [],
    parse: (request) => {
      steps.push('parse');
      seen.push(request);
      return request.params;
    },
    value: (input) => ({ ...(input as object) }),
    accept: (input) => input,
  },
});

function guardOf({ answer = true, admission, steps = [], seen = [] }: Wiring): OnAuthGuard {
  const handlers = new HandlerRegistry();
  const invoke = (): unknown => {
    steps.push('decide');
    return answer;
  };
  handlers.register({ pattern: 'papers', name: 'PapersPolicy.any', invoke });
  const options = {
    strategies: [trusting(steps)],
    handlers: [],
    knownEvents: [],
    handlerTimeoutMs: 1000,
    admission: admission ?? ADMIT_EVERYBODY,
  };
  const routes = new RouteRegistry();
  const { read, open } = PapersController.prototype;
  const route = { verb: 'GET', paths: ['/papers'], parameters: [], controller: PapersController as Type };
  routes.register({ ...route, method: read, name: 'read', access: access({ steps, seen }) });
  routes.register({ ...route, method: open, name: 'open', access: { kind: 'public' } });
  const authorizer = new RouteAuthorizer(new Authorizer(new HandlerResolver(handlers), options));
  return new OnAuthGuard(routes, new PassportAuthenticator(options), authorizer, options);
}

interface Asked {
  readonly method?: 'read' | 'open' | 'unknown';
  readonly controller?: Type;
  readonly user?: string;
  readonly kind?: string;
}

function contextOf({ method = 'read', controller = PapersController, user, kind = 'http' }: Asked) {
  const headers = user === undefined ? {} : { user };
  const data = { paper_id: 'p1' };
  const args = kind === 'rpc' ? [data, { getMetadata: () => headers }] : [{ headers, params: data }];
  const context = new ExecutionContextHost(args, controller, PapersController.prototype[method]);
  context.setType(kind);
  return context;
}

/** Whether the guard lets through who asks, and in what scope and with what input. */
const ask = (wiring: Wiring, asked: Asked) =>
  AuthorizationContext.open(async () => ({
    passed: await guardOf(wiring).canActivate(contextOf(asked)),
    scope: AuthorizationContext.current(),
    input: AuthorizationContext.input(),
  }));

describe('the guard', () => {
  it.each(['http', 'rpc'])('lets a caller in with the decision and the input, over %s', async (kind) => {
    expect(await ask({ answer: { owner: 'alice' } }, { user: 'alice', kind })).toMatchObject({
      passed: true,
      scope: {
        kind: 'principal',
        principal: { identity: 'alice' },
        decisions: new Map([
          ['papers', { kind: 'restrict', filter: { kind: 'equals', key: 'owner', value: 'alice' } }],
        ]),
      },
      input: { paper_id: 'p1' },
    });
  });

  it('authenticates, admits, reads the request and has it decided, in this order', async () => {
    const steps: string[] = [];
    const admission = {
      admit: async ({ identity }: { identity: string }) => {
        await Promise.resolve();
        steps.push(`admit ${identity}`);
      },
    };
    await ask({ steps, admission }, { user: 'alice' });
    expect(steps).toEqual(['authenticate', 'admit alice', 'parse', 'decide']);
  });

  it('reads a message as a request by the name of its handler', async () => {
    const seen: RouteRequest[] = [];
    const message = contextOf({ user: 'alice', kind: 'rpc' });
    await AuthorizationContext.open(() => guardOf({ seen }).canActivate(message));
    const data = { paper_id: 'p1' };
    const headers = { user: 'alice' };
    expect(seen).toMatchObject([
      { method: 'MESSAGE', url: 'read', headers, params: data, query: data, body: data },
    ]);
  });

  it.each<[string, Wiring, Asked, unknown, string[]]>([
    ['who proves nothing', {}, {}, UnauthenticatedError, ['authenticate']],
    [
      'who is denied',
      { answer: false },
      { user: 'alice' },
      ForbiddenError,
      ['authenticate', 'parse', 'decide'],
    ],
    [
      'who is not admitted',
      {
        admission: {
          admit: () => {
            throw new Error('too many');
          },
        },
      },
      { user: 'alice' },
      'too many',
      ['authenticate'],
    ],
    [
      'who is not admitted in the end',
      { admission: { admit: () => Promise.reject(new Error('too many')) } },
      { user: 'alice' },
      'too many',
      ['authenticate'],
    ],
    ['of a route that was not there at boot', {}, { user: 'alice', method: 'unknown' }, ForbiddenError, []],
    ['of a controller that was not there', {}, { user: 'alice', controller: class {} }, ForbiddenError, []],
    ['by any other way', {}, { user: 'alice', kind: 'ws' }, ForbiddenError, []],
    ['of a public route by any other way', {}, { method: 'open', kind: 'ws' }, ForbiddenError, []],
  ])('refuses %s, and leaves no scope', async (_, wiring, asked, expected, done) => {
    const steps: string[] = [];
    await AuthorizationContext.open(async () => {
      const asking = async () => guardOf({ ...wiring, steps }).canActivate(contextOf(asked));
      await expect(asking()).rejects.toThrow(expected);
      expect(AuthorizationContext.current()).toBeUndefined();
    });
    expect(steps).toEqual(done);
  });

  it('lets everybody into a public route, with no scope, and asks nobody', async () => {
    const steps: string[] = [];
    const admission = {
      admit: () => {
        throw new Error('asked');
      },
    };
    expect(await ask({ steps, admission }, { method: 'open' })).toEqual({
      passed: true,
      scope: undefined,
      input: undefined,
    });
    expect(steps).toEqual([]);
  });
});
