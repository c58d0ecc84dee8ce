import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Assistant } from '../../src/assistants/assistant.entity.js';
import { AssistantsService } from '../../src/assistants/assistants.service.js';
import { AuthorizationContext, OnAuth, runAsSystem, type HandlerArgument } from '../../src/on-auth/index.js';
import { scopeOf } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import { parsePrincipal } from '../../src/on-auth/principal.js';
import type { Caller } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import {
  createAssistant,
  startAssistants,
  type AssistantBody,
  type AssistantsServer,
  type AssistantsServerOptions,
} from './support/assistants.server.js';

const AGENT = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';
const REFUSED = [403, '{"detail":"System assistants cannot be changed"}'];

/** Everything for everybody, as an operator might allow in development. */
@Injectable()
class OpenPolicy {
  @OnAuth()
  allow() {
    return true;
  }
}

/** An owner's filter alone: nobody sees what the system made. */
@Injectable()
class StrictOwnerPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth('assistants', 'create')
  stamp({ user, value }: HandlerArgument<'assistants:create'>) {
    value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  }
}

describe.each(databases)('system assistants on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;

  beforeAll(async () => {
    server = await startAssistants(create);
    ({ alice } = server);
  });
  afterAll(() => server.stop());

  it('are there for every graph from the start', async () => {
    const { body } = await alice('POST', '/assistants/search', {
      metadata: { created_by: 'system' },
      limit: 100,
    });
    const found = (body as AssistantBody[]).map(({ graph_id }) => graph_id);
    expect(found.sort()).toEqual(Object.keys(testGraphs).sort());
  });

  it('go by the id that follows from the graph, and by the graph itself', async () => {
    const byId = await alice('GET', `/assistants/${AGENT}`);
    expect(byId.body).toEqual({
      assistant_id: AGENT,
      graph_id: 'agent',
      config: {},
      context: {},
      created_at: expect.any(String),
      updated_at: expect.any(String),
      metadata: { created_by: 'system' },
      version: 1,
      name: 'agent',
      description: null,
    });
    const byGraph = await alice('GET', '/assistants/agent');
    expect(byGraph.text).toBe(byId.text);
    expect((await alice('GET', `/assistants/${AGENT.toUpperCase()}`)).text).toBe(byId.text);
  });

  it('have their one version', async () => {
    const { body } = await alice('POST', '/assistants/agent/versions');
    expect(body).toMatchObject([{ assistant_id: AGENT, version: 1, metadata: { created_by: 'system' } }]);
  });

  it.each([
    ['PATCH', '/assistants/agent', { name: 'mine' }],
    ['PATCH', `/assistants/${AGENT}`, {}],
    ['DELETE', '/assistants/agent', undefined],
    ['POST', '/assistants/agent/latest', { version: 1 }],
  ])('are not found for a change by %s %s', async (method, path, body) => {
    const { status, text } = await alice(method, path, body);
    expect([status, text]).toEqual([404, '{"detail":"Assistant not found"}']);
  });

  it('keep their id from being taken', async () => {
    for (const if_exists of ['raise', 'do_nothing']) {
      const { status } = await alice('POST', '/assistants', {
        graph_id: 'steps',
        assistant_id: AGENT,
        if_exists,
      });
      expect(status).toBe(409);
    }
  });
});

describe.each(databases)(
  'system assistants that a policy shows for every event, on $dialect',
  ({ create }) => {
    let server: AssistantsServer;

    beforeAll(async () => {
      server = await startAssistants(create, { policies: [OpenPolicy] });
    });
    afterAll(() => server.stop());

    it.each([
      ['PATCH', '/assistants/agent', { name: 'mine', metadata: { owner: 'alice' } }],
      ['DELETE', '/assistants/agent?delete_threads=true', undefined],
      ['POST', '/assistants/agent/latest', { version: 1 }],
    ])('are still changed by nobody: %s %s', async (method, path, body) => {
      const before = await server.alice('GET', '/assistants/agent');
      const { status, text } = await server.alice(method, path, body);
      expect([status, text]).toEqual(REFUSED);
      expect((await server.alice('GET', '/assistants/agent')).text).toBe(before.text);
    });
  },
);

describe.each(databases)('running a system assistant on $dialect', ({ create }) => {
  let server: AssistantsServer;

  beforeAll(async () => {
    server = await startAssistants(create, { policies: [StrictOwnerPolicy] });
  });
  afterAll(() => server.stop());

  function runnable(identity: string, assistantId: string) {
    const principal = parsePrincipal(identity);
    if (!principal) throw new Error('no principal');
    const scope = scopeOf(principal, 'assistants', parseDecision({ owner: identity }));
    return AuthorizationContext.run(scope, () =>
      server.application.app.get(AssistantsService).runnable(assistantId),
    );
  }

  it('is open to everybody, though the filter hides it', async () => {
    expect((await server.alice('GET', '/assistants/agent')).status).toBe(404);
    const expected = { assistant_id: AGENT, graph_id: 'agent', metadata: { created_by: 'system' } };
    expect(await runnable('alice', 'agent')).toMatchObject(expected);
    expect(await runnable('bob', AGENT)).toMatchObject(expected);
  });

  it('does not open what others made', async () => {
    const { assistant_id } = await createAssistant(server.alice);
    expect(await runnable('alice', assistant_id)).toMatchObject({ assistant_id });
    expect(await runnable('bob', assistant_id)).toBeNull();
    expect(await runnable('bob', 'nope')).toBeNull();
  });
});

describe.each(databases)('registering system assistants on $dialect', ({ create }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.drop());

  /** A server on the same database as the others. */
  function start(options?: AssistantsServerOptions): Promise<AssistantsServer> {
    return startAssistants(() => Promise.resolve({ ...database, drop: () => Promise.resolve() }), options);
  }

  /** Leaves the database as if no graph had been known so far. */
  async function startWithoutSystemAssistants(): Promise<AssistantsServer> {
    const server = await start();
    const assistants = server.application.app.get(DataSource).getRepository(Assistant);
    await runAsSystem('forget the system assistants', () =>
      assistants.createQueryBuilder().delete().execute(),
    );
    return server;
  }

  it('gives one of each when several processes start at once, and again', async () => {
    const first = await startWithoutSystemAssistants();
    const servers = [first, ...(await Promise.all([start(), start(), start()])), await start()];
    for (const { alice } of servers) {
      const { body } = await alice('POST', '/assistants/count', { metadata: { created_by: 'system' } });
      expect(body).toBe(Object.keys(testGraphs).length);
      expect((await alice('POST', '/assistants/agent/versions')).body).toHaveLength(1);
    }
    for (const server of servers) await server.stop();
  });

  it('takes config and context from the server, also when they change', async () => {
    const agent = { config: { configurable: { model: 'large' } }, context: { tone: 'kind' } };
    const configured = await start({ graphDefaults: { agent } });
    const expected = { ...agent, version: 1 };
    expect((await configured.alice('GET', '/assistants/agent')).body).toMatchObject(expected);
    expect((await configured.alice('POST', '/assistants/agent/versions')).body).toMatchObject([expected]);
    await configured.stop();
    const plain = await start();
    expect((await plain.alice('GET', '/assistants/agent')).body).toMatchObject({ config: {}, context: {} });
    await plain.stop();
  });

  it('takes back an id that somebody used before the server knew the graph', async () => {
    const before = await startWithoutSystemAssistants();
    await createAssistant(before.bob, { assistant_id: AGENT, name: 'trap', config: { tags: ['trap'] } });
    await before.bob('PATCH', `/assistants/${AGENT}`, {});
    await before.stop();
    const after = await start();
    const { body } = await after.alice('GET', '/assistants/agent');
    expect(body).toMatchObject({ name: 'agent', config: {}, version: 1, metadata: { created_by: 'system' } });
    expect((await after.bob('POST', '/assistants/agent/versions')).body).toHaveLength(1);
    expect((await after.bob('DELETE', '/assistants/agent')).status).toBe(404);
    await after.stop();
  });
});
