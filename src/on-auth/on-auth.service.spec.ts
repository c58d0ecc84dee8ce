import { describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Logger } from '@nestjs/common';
import type { PrincipalScope } from './authorization.context.js';
import { Authorizer } from './authorizer.js';
import type { Decision } from './decision.js';
import { ADMIT_EVERYBODY } from './admission.js';
import type { AuthEvent, AuthValue } from './event.js';
import { matches } from './filter/filter.matcher.js';
import { HandlerRegistry } from './handler.registry.js';
import { HandlerResolver } from './handler.resolver.js';
import { OnAuthService } from './on-auth.service.js';
import { parsePrincipal } from './principal.js';
import { RouteAuthorizer } from './route.authorizer.js';
import { routeIdsOf } from './route.id.js';
import { RouteRegistry } from './route.registry.js';
import { ScopedRows, type FoundRow } from './explain/scoped.rows.js';

Logger.overrideLogger(false);

@Controller('papers')
class PapersController {
  read(): void {}
  copy(): void {}
}

const READ = 'papers:read' as unknown as AuthEvent;
const ids = { paper_id: 'path' } as const;
const bob = parsePrincipal('bob')!;

/** One paper of alice's, as the persistence layer would find it. */
class Papers extends ScopedRows {
  override render(resource: string, decision: Decision) {
    return [{ table: resource, sql: decision.kind === 'allow' ? 'TRUE' : ':1', parameters: [] }];
  }

  override async find(
    resource: string,
    id: string,
    { decisions }: PrincipalScope,
  ): Promise<FoundRow | undefined> {
    if (resource !== 'papers' || id !== 'p1') return undefined;
    const metadata = { owner: 'alice' };
    const decision = decisions.get(resource);
    const visible =
      decision?.kind === 'allow' || (decision?.kind === 'restrict' && matches(decision.filter, metadata));
    return { table: 'paper', id, metadata, visible };
  }
}

/** Explains what handlers of `papers` and `*:read` answer; ids are lower-cased as by a request. */
function serviceOf(answer?: () => unknown, rows?: ScopedRows): OnAuthService {
  const registry = new HandlerRegistry();
  if (answer) {
    registry.register({ pattern: 'papers', name: 'PapersPolicy.any', invoke: answer });
    registry.register({ pattern: '*:read', name: 'ReadPolicy.any', invoke: () => true });
  }
  const resolver = new HandlerResolver(registry);
  const options = { strategies: [], handlers: [], knownEvents: [], handlerTimeoutMs: 1000 };
  const authorizer = new Authorizer(resolver, { ...options, admission: ADMIT_EVERYBODY });
  const routes = new RouteRegistry();
  for (const name of ['read', 'copy'] as const)
    routes.register({
      name: `PapersController.${name}`,
      verb: 'GET',
      paths: [],
      parameters: [],
      controller: PapersController,
      method: PapersController.prototype[name],
      access: {
        kind: 'authorized',
        event: READ,
        further: [],
        fixed: ['paper_id'],
        ids: routeIdsOf(ids, READ, []),
        input: {
          ids,
          carriers: [],
          parse: ({ params, body }) => {
            if (name === 'copy' && !Reflect.has(Object(body), 'title'))
              throw new ForbiddenException('no title');
            return params;
          },
          value: (input) => ({ paper_id: (input as { paper_id: string }).paper_id.toLowerCase() }) as never,
          accept: (input) => input,
        },
      },
    });
  return new OnAuthService(resolver, authorizer, new RouteAuthorizer(authorizer), routes, rows);
}

const ownRows = (): object => ({ owner: 'bob' });
const explain = (answer?: () => unknown, id = 'p1', rows: ScopedRows | undefined = new Papers()) =>
  serviceOf(answer, rows).explain(bob, READ, id);

describe('an explanation', () => {
  it('tells who decides, what, and why the row is not there for whoever asks', async () => {
    expect(await explain(ownRows, 'P1')).toStrictEqual({
      event: READ,
      principal: bob,
      handler: 'PapersPolicy.any',
      pattern: 'papers',
      shadows: ['ReadPolicy.any'],
      decision: { kind: 'restrict', filter: { kind: 'equals', key: 'owner', value: 'bob' } },
      refusal: undefined,
      filter: 'owner = "bob"',
      scopes: [{ table: 'papers', sql: ':1', parameters: [] }],
      route: 'PapersController.read',
      id: 'p1',
      row: { table: 'paper', id: 'p1', metadata: { owner: 'alice' }, visible: false },
      mismatch: 'owner = "bob", but owner is "alice"',
      status: 404,
    });
  });

  it.each<[string, () => unknown]>([
    ['everything is allowed', () => true],
    ['the filter matches', () => ({ owner: 'alice' })],
  ])('tells that the row is visible where %s', async (_, answer) => {
    const { status, mismatch, row } = await explain(answer);
    expect({ status, mismatch, visible: row?.visible }).toEqual({
      status: 200,
      mismatch: undefined,
      visible: true,
    });
  });

  it('has no filter where there is none', async () => {
    expect(await explain(() => true)).toMatchObject({
      filter: undefined,
      scopes: [{ sql: 'TRUE' }],
      decision: { kind: 'allow' },
    });
  });

  it('tells of a row that there is not', async () => {
    expect(await explain(ownRows, 'p2')).toMatchObject({ row: undefined, mismatch: undefined, status: 404 });
  });

  it.each<[string, (() => unknown) | undefined, object]>([
    [
      'no handler covers the event',
      undefined,
      { handler: undefined, pattern: undefined, shadows: [], decision: { kind: 'deny' } },
    ],
    ['the handler denies', () => false, { handler: 'PapersPolicy.any', decision: { kind: 'deny' } }],
  ])('tells the refusal where %s, and the row all the same', async (_, answer, expected) => {
    expect(await explain(answer)).toMatchObject({
      ...expected,
      refusal: { status: 403, message: 'Forbidden' },
      scopes: [],
      filter: undefined,
      row: { metadata: { owner: 'alice' }, visible: false },
      mismatch: undefined,
      status: 403,
    });
  });

  it('tells the fault of a handler, with its cause, and shows no row as visible', async () => {
    const fault = (): never => {
      throw new Error('the directory is down');
    };
    expect(await explain(fault)).toMatchObject({
      decision: undefined,
      refusal: { status: 500, message: 'PapersPolicy.any failed on papers:read: the directory is down' },
      scopes: [],
      row: { visible: false },
      mismatch: undefined,
      status: 500,
    });
  });

  it('needs no rows to tell what is decided', async () => {
    expect(await serviceOf(ownRows).explain(bob, READ, 'p1')).toMatchObject({
      filter: 'owner = "bob"',
      scopes: [],
      row: undefined,
      status: 404,
    });
  });

  it('may be of a certain route, and of a request with a body', async () => {
    const service = serviceOf(() => true, new Papers());
    const route = 'PapersController.copy';
    expect(await service.explain(bob, READ, 'P1', { route })).toMatchObject({
      route,
      // The request was not read: what it would name is what was asked for.
      id: 'P1',
      refusal: { status: 403, message: 'no title' },
    });
    const body = { title: 'On rope' };
    expect(await service.explain(bob, READ, 'P1', { route, body })).toMatchObject({ id: 'p1', status: 200 });
  });

  it('is none of an event that no route fires, nor of a route that does not fire it', async () => {
    const service = serviceOf(() => true);
    const lend = 'papers:lend' as unknown as AuthEvent;
    await expect(service.explain(bob, lend, 'p1')).rejects.toMatchObject({
      name: 'WiringError',
      message: 'No route fires "papers:lend". Known: papers:read.',
    });
    await expect(service.explain(bob, READ, 'p1', { route: 'Papers.lend' })).rejects.toThrow(
      'No route Papers.lend fires "papers:read". Known: papers:read.',
    );
  });
});

describe('a verdict', () => {
  it('is the decision about a value, which the handler may change', async () => {
    const value = { paper_id: 'p1' } as unknown as AuthValue<AuthEvent>;
    const stamp = (argument: { value: object }): object => {
      Object.assign(argument.value, { title: 'On rope' });
      return ownRows();
    };
    const verdict = await serviceOf(stamp as () => unknown, new Papers()).decide(bob, READ, value);
    expect(verdict).toMatchObject({
      handler: 'PapersPolicy.any',
      filter: 'owner = "bob"',
      refusal: undefined,
    });
    expect(value).toEqual({ paper_id: 'p1', title: 'On rope' });
  });
});
