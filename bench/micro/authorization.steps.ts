import type { INestApplication } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthorizationContext, scopeOf } from '../../src/on-auth/authorization.context.js';
import { Authorizer } from '../../src/on-auth/authorizer.js';
import { parseDecision, type Decision } from '../../src/on-auth/decision.js';
import { parseFilter } from '../../src/on-auth/filter/filter.parser.js';
import { HandlerResolver } from '../../src/on-auth/handler.resolver.js';
import { PassportAuthenticator } from '../../src/on-auth/passport.authenticator.js';
import { renderFilter } from '../../src/persistence/filter-sql/filter.renderer.js';
import { Scoping } from '../../src/persistence/scoping/scoping.js';
import { OwnerPolicy } from '../../src/policies/owner.policy.js';
import { readThread } from '../../src/threads/dto/thread-id.dto.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { threadId } from '../population/population.js';
import { authorizationOf } from '../servers/tokens.js';

export interface Step {
  readonly name: string;
  /** Once. */
  readonly run: () => unknown;
}

const EVENT = 'threads:read';
const NOT_FOUND = 'neither';

/** The steps of an authorized `GET /threads/{thread_id}`, and what they are together. */
export async function authorizationSteps(
  app: INestApplication,
  dataSource: DataSource,
): Promise<readonly Step[]> {
  const authorizer = app.get(Authorizer);
  const resolver = app.get(HandlerResolver);
  const authenticator = app.get(PassportAuthenticator);
  const scoping = Scoping.of(dataSource);
  if (!scoping) throw new TypeError('the data source is not scoped');
  const request = {
    method: 'GET',
    url: `/threads/${threadId(1)}`,
    headers: { authorization: await authorizationOf(1) },
    params: { thread_id: threadId(1) },
    query: {},
  };
  const principal = await authenticator.authenticate(request);
  const value = { thread_id: threadId(1) };
  const argument = {
    event: EVENT,
    resource: 'threads',
    action: 'read',
    value,
    user: principal,
    permissions: [],
  };
  const filter = parseFilter({ owner: principal.identity });
  const input = await readThread.parse(request);
  const scopeKeys = new Set(['owner']);
  const policy = new OwnerPolicy();

  /** A scope is compiled once for each decision, and each request has its own. */
  const compile = (decision: Decision): string =>
    AuthorizationContext.run(scopeOf(principal, 'threads', decision), () => {
      const scope = scoping.on('thread');
      scoping.addParameters({});
      return scope?.form.rows ?? NOT_FOUND;
    });
  const threads = dataSource.getRepository(Thread);

  return [
    { name: 'authenticate: token to principal', run: () => authenticator.authenticate(request) },
    { name: 'read and validate the input', run: () => readThread.parse(request) },
    { name: 'take the input back from the handler', run: () => readThread.accept(input, { ...value }) },
    { name: 'resolve', run: () => resolver.resolve(EVENT) },
    { name: 'handler', run: () => policy.own(argument as never) },
    { name: 'parse the filter', run: () => parseDecision({ owner: principal.identity }) },
    { name: 'decide (resolve, handler, parse)', run: () => authorizer.decide(principal, EVENT, value) },
    {
      name: 'render the filter',
      run: () =>
        renderFilter(filter, {
          dialect: 'sqlite',
          column: '"thread"."metadata"',
          bind: () => ':p',
          scopeKeys,
        }),
    },
    {
      name: 'bind: scope of a decision, with its rendering',
      run: () => compile({ kind: 'restrict', filter }),
    },
    {
      name: 'decide and bind: what is added to a request that is parsed',
      run: async () => compile(await authorizer.decide(principal, EVENT, value)),
    },
    {
      name: 'the query builder renders a scoped get',
      run: () =>
        AuthorizationContext.run(scopeOf(principal, 'threads', { kind: 'restrict', filter }), () =>
          threads.createQueryBuilder('thread').where({ thread_id: value.thread_id }).getQueryAndParameters(),
        ),
    },
    {
      name: 'findOneBy as the system, row not there',
      run: () =>
        AuthorizationContext.run({ kind: 'system', reason: 'a benchmark' }, () =>
          threads.findOneBy({ thread_id: value.thread_id }),
        ),
    },
    {
      name: 'findOneBy in a scope, row not there',
      run: () =>
        AuthorizationContext.run(scopeOf(principal, 'threads', { kind: 'restrict', filter }), () =>
          threads.findOneBy({ thread_id: value.thread_id }),
        ),
    },
  ];
}
