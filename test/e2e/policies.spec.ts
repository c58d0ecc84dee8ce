import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { MostSpecificPolicy } from '../../examples/policies/most-specific.policy.js';
import { PermissionPolicy } from '../../examples/policies/permission.policy.js';
import { ScopedHandlersPolicy } from '../../examples/policies/scoped-handlers.policy.js';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

interface World {
  readonly application: TestApplication;
  readonly alice: Caller;
  readonly bob: Caller;
}

/** Starts an application with one policy for the tests of a block. */
function withPolicy(create: () => Promise<TestDatabase>, policy: Type): () => World {
  let database: TestDatabase;
  let world: World;
  beforeAll(async () => {
    database = await create();
    const application = await startApplication({ databaseUrl: database.url, policies: [policy] });
    world = { application, alice: await application.as('alice'), bob: await application.as('bob') };
  });
  afterAll(async () => {
    await world.application.stop();
    await database.drop();
  });
  return () => world;
}

const idOf = (answer: { body: unknown }): string => (answer.body as { thread_id: string }).thread_id;

describe.each(databases)('example policies on $dialect', ({ create }) => {
  describe('scoped handlers', () => {
    const world = withPolicy(create, ScopedHandlersPolicy);

    it('stamp the owner on what is created, whatever the client says', async () => {
      const answer = await world().alice('POST', '/threads', { metadata: { owner: 'bob', topic: 'x' } });
      expect(answer).toMatchObject({ status: 200, body: { metadata: { owner: 'alice', topic: 'x' } } });
    });

    it('show a thread to its owner and to nobody else', async () => {
      const id = idOf(await world().alice('POST', '/threads', {}));
      expect(await world().alice('GET', `/threads/${id}`)).toMatchObject({ status: 200 });
      expect(await world().bob('GET', `/threads/${id}`)).toMatchObject({
        status: 404,
        body: { detail: `Thread with ID ${id} not found` },
      });
    });

    it('close assistants with a message of their own', async () => {
      const detail = 'User lacks the required permissions.';
      const { alice } = world();
      expect(await alice('POST', '/assistants', { graph_id: 'agent' })).toMatchObject({
        status: 403,
        body: { detail },
      });
      expect(await alice('POST', '/assistants/search', {})).toMatchObject({ status: 403, body: { detail } });
      expect(await alice('GET', '/assistants/agent')).toMatchObject({ status: 403, body: { detail } });
    });

    it('deny what no handler answers for (abuse case 22)', async () => {
      expect(await world().alice('POST', '/threads/search', {})).toMatchObject({
        status: 403,
        body: { detail: 'Forbidden' },
      });
    });
  });

  describe('a permission check', () => {
    const world = withPolicy(create, PermissionPolicy);

    it('refuses who does not hold the permission, by name', async () => {
      expect(await world().alice('POST', '/threads', {})).toMatchObject({
        status: 403,
        body: { detail: 'This needs the permission threads:write.' },
      });
    });

    it('lets its holder create, change and delete, and everybody read their own', async () => {
      const writer = await world().application.as('alice', { permissions: ['threads:write'] });
      const id = idOf(await writer('POST', '/threads', {}));
      expect(await writer('PATCH', `/threads/${id}`, { metadata: { a: 1 } })).toMatchObject({ status: 200 });
      expect(await world().alice('GET', `/threads/${id}`)).toMatchObject({ status: 200 });
      expect(await world().alice('DELETE', `/threads/${id}`)).toMatchObject({ status: 403 });
      expect(await world().bob('GET', `/threads/${id}`)).toMatchObject({ status: 404 });
      expect(await writer('DELETE', `/threads/${id}`)).toMatchObject({ status: 204 });
    });
  });

  describe('a handler for all actions beside one for threads:create', () => {
    const world = withPolicy(create, MostSpecificPolicy);

    it('leaves creation to the more specific one alone', async () => {
      const answer = await world().alice('POST', '/threads', {});
      expect(answer.body).toMatchObject({ metadata: { owner: 'alice', created_with: 'threads:create' } });
    });

    it('leaves every other action to the general one', async () => {
      const id = idOf(await world().alice('POST', '/threads', {}));
      expect(await world().bob('GET', `/threads/${id}`)).toMatchObject({ status: 404 });
      expect(await world().alice('GET', `/threads/${id}`)).toMatchObject({ status: 200 });
    });
  });
});
