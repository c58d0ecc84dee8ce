import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OnAuth, type HandlerArgument, type HandlerResult } from '../../src/on-auth/index.js';
import type { Caller } from '../support/application.js';
import { databases } from '../support/databases.js';
import {
  createAssistant,
  startAssistants,
  type AssistantBody,
  type AssistantsServer,
} from './support/assistants.server.js';

type Decide = (argument: HandlerArgument) => HandlerResult;

const AGENT = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';
const ALLOW: Decide = () => true;

/** Remembers what was asked, and answers as the test at hand says. */
@Injectable()
class ScriptedPolicy {
  static asked: { event: string; value: unknown }[] = [];
  static decide: Decide = ALLOW;

  @OnAuth()
  answer(argument: HandlerArgument) {
    ScriptedPolicy.asked.push({ event: argument.event, value: structuredClone(argument.value) });
    return ScriptedPolicy.decide(argument);
  }
}

describe.each(databases)('the events of assistants on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;

  beforeAll(async () => {
    server = await startAssistants(create, { policies: [ScriptedPolicy] });
    ({ alice } = server);
  });
  beforeEach(() => {
    ScriptedPolicy.asked = [];
    ScriptedPolicy.decide = ALLOW;
  });
  afterAll(() => server.stop());

  describe('show handlers', () => {
    it('a whole new assistant, with metadata in any case', async () => {
      const { assistant_id } = await createAssistant(alice);
      expect(ScriptedPolicy.asked).toEqual([
        {
          event: 'assistants:create',
          value: {
            assistant_id,
            graph_id: 'agent',
            config: {},
            context: {},
            metadata: {},
            if_exists: 'raise',
            name: 'Untitled',
            description: null,
          },
        },
      ]);
    });

    const id = randomUUID();
    it.each<{ request: readonly [string, string, object?]; event: string; value: object }>([
      { request: ['GET', `/assistants/${id}`], event: 'assistants:read', value: { assistant_id: id } },
      { request: ['GET', '/assistants/agent'], event: 'assistants:read', value: { assistant_id: AGENT } },
      {
        request: ['POST', `/assistants/${id}/versions`, { metadata: { a: 1 }, limit: 3 }],
        event: 'assistants:read',
        value: { assistant_id: id, metadata: { a: 1 } },
      },
      { request: ['GET', `/assistants/${id}/graph`], event: 'assistants:read', value: { assistant_id: id } },
      {
        request: ['GET', `/assistants/${id}/schemas`],
        event: 'assistants:read',
        value: { assistant_id: id },
      },
      {
        request: ['GET', `/assistants/${id}/subgraphs/a`],
        event: 'assistants:read',
        value: { assistant_id: id },
      },
      {
        request: ['PATCH', `/assistants/${id}`, {}],
        event: 'assistants:update',
        value: { assistant_id: id },
      },
      {
        request: [
          'PATCH',
          `/assistants/${id}`,
          {
            graph_id: 'steps',
            config: {},
            context: {},
            metadata: { created_by: 'x', a: 1 },
            name: 'n',
            description: 'd',
          },
        ],
        event: 'assistants:update',
        value: {
          assistant_id: id,
          graph_id: 'steps',
          config: {},
          context: {},
          metadata: { a: 1 },
          name: 'n',
          description: 'd',
        },
      },
      {
        request: ['POST', `/assistants/${id}/latest`, { version: 2 }],
        event: 'assistants:update',
        value: { assistant_id: id, version: 2 },
      },
      { request: ['DELETE', `/assistants/${id}`], event: 'assistants:delete', value: { assistant_id: id } },
      {
        request: [
          'POST',
          '/assistants/search',
          { graph_id: 'agent', metadata: { a: 1 }, name: 'n', limit: 5, offset: 2 },
        ],
        event: 'assistants:search',
        value: { graph_id: 'agent', metadata: { a: 1 }, limit: 5, offset: 2 },
      },
      {
        request: ['POST', '/assistants/search'],
        event: 'assistants:search',
        value: { limit: 10, offset: 0 },
      },
      {
        request: ['POST', '/assistants/count', { graph_id: 'agent' }],
        event: 'assistants:search',
        value: { graph_id: 'agent', limit: 0, offset: 0 },
      },
    ])('$event for $request', async ({ request, event, value }) => {
      await alice(...request);
      expect(ScriptedPolicy.asked).toEqual([{ event, value }]);
    });
  });

  describe('let handlers', () => {
    it('stamp metadata on what is created and changed', async () => {
      ScriptedPolicy.decide = ({ value }) => void Object.assign(value, { metadata: { stamped: true } });
      const created = await createAssistant(alice, { metadata: { mine: 1 } });
      expect(created.metadata).toEqual({ stamped: true });
      ScriptedPolicy.decide = ({ value }) => void Object.assign(value, { metadata: { changed: true } });
      const { body } = await alice('PATCH', `/assistants/${created.assistant_id}`, {});
      expect(body).toMatchObject({ metadata: { stamped: true, changed: true } });
    });

    it('change nothing else', async () => {
      ScriptedPolicy.decide = ({ value }) => {
        Object.assign(value, {
          name: 'forged',
          graph_id: 'steps',
          if_exists: 'do_nothing',
          context: { forged: 1 },
        });
        if ('config' in value && value.config) Object.assign(value.config, { configurable: { forged: 1 } });
      };
      const created = await createAssistant(alice, { name: 'own', config: { tags: ['own'] } });
      expect(created).toMatchObject({
        name: 'own',
        graph_id: 'agent',
        config: { tags: ['own'] },
        context: {},
      });
      const { body } = await alice('PATCH', `/assistants/${created.assistant_id}`, {
        config: { tags: ['new'] },
      });
      expect(body).toMatchObject({ name: 'own', graph_id: 'agent', config: { tags: ['new'] }, context: {} });
    });

    it('not turn to another assistant', async () => {
      const [own, other] = [await createAssistant(alice), await createAssistant(alice)];
      ScriptedPolicy.decide = ({ value }) => void Object.assign(value, { assistant_id: other.assistant_id });
      const { status, text } = await alice('DELETE', `/assistants/${own.assistant_id}`);
      expect([status, text]).toEqual([500, '{"detail":"Internal Server Error"}']);
      ScriptedPolicy.decide = ALLOW;
      for (const { assistant_id } of [own, other])
        expect((await alice('GET', `/assistants/${assistant_id}`)).status).toBe(200);
    });

    it('narrow a search, never widen it', async () => {
      const group = randomUUID();
      for (const graph_id of ['agent', 'agent', 'steps'])
        await createAssistant(alice, { graph_id, metadata: { group, kind: graph_id } });
      const search = async (criteria: object) => {
        const { body } = await alice('POST', '/assistants/search', criteria);
        return (body as AssistantBody[]).map(({ graph_id }) => graph_id);
      };
      ScriptedPolicy.decide = ({ value }) => void Object.assign(value, { metadata: { kind: 'steps' } });
      expect(await search({ metadata: { group } })).toEqual(['steps']);
      expect(await search({ metadata: { group, kind: 'agent' } })).toEqual([]);
      expect((await alice('POST', '/assistants/count', { metadata: { group } })).body).toBe(1);
      ScriptedPolicy.decide = ({ value }) =>
        void Object.assign(value, { graph_id: 'agent', metadata: undefined });
      expect(await search({ metadata: { group } })).toEqual(['agent', 'agent']);
      expect(await search({ metadata: { group }, graph_id: 'steps' })).toEqual([]);
      ScriptedPolicy.decide = ({ value }) => void Object.assign(value, { limit: 1 });
      expect(await search({ metadata: { group }, limit: 100 })).toHaveLength(1);
    });
  });

  describe('of threads are asked for when an assistant takes them along', () => {
    let assistant_id: string;
    let threads: readonly string[];

    beforeEach(async () => {
      ({ assistant_id } = await createAssistant(alice));
      const created = await Promise.all(
        [1, 2].map((number) => alice('POST', '/threads', { metadata: { assistant_id, number } })),
      );
      threads = created.map(({ body }) => (body as { thread_id: string }).thread_id);
      ScriptedPolicy.asked = [];
    });

    const remove = () => alice('DELETE', `/assistants/${assistant_id}?delete_threads=true`);
    async function remaining(): Promise<readonly unknown[]> {
      ScriptedPolicy.decide = ALLOW;
      const search = { metadata: { assistant_id }, sort_by: 'created_at', sort_order: 'asc' };
      const { body } = await alice('POST', '/threads/search', search);
      return (body as { metadata: { number: number } }[]).map(({ metadata }) => metadata.number);
    }

    it('one search, and one deletion each', async () => {
      expect((await remove()).status).toBe(204);
      expect(ScriptedPolicy.asked.map(({ event }) => event)).toEqual([
        'assistants:delete',
        'threads:search',
        'threads:delete',
        'threads:delete',
      ]);
      expect(ScriptedPolicy.asked[1]?.value).toMatchObject({ metadata: { assistant_id } });
      const deleted = ScriptedPolicy.asked.slice(2).map(({ value }) => value);
      expect(deleted).toEqual(expect.arrayContaining(threads.map((thread_id) => ({ thread_id }))));
      expect(await remaining()).toEqual([]);
    });

    it('and not when the assistant is not the caller’s to delete', async () => {
      ScriptedPolicy.decide = ({ event }) => (event === 'assistants:delete' ? { owner: 'nobody' } : true);
      expect((await remove()).status).toBe(404);
      expect(ScriptedPolicy.asked.map(({ event }) => event)).toEqual(['assistants:delete']);
      expect(await remaining()).toEqual([1, 2]);
    });

    it('and threads that a filter hides from deletion stay', async () => {
      ScriptedPolicy.decide = ({ event }) => (event === 'threads:delete' ? { number: 1 } : true);
      expect((await remove()).status).toBe(204);
      expect(await remaining()).toEqual([2]);
    });

    it('and threads that a filter hides from the search stay', async () => {
      ScriptedPolicy.decide = ({ event }) => (event === 'threads:search' ? { number: 2 } : true);
      expect((await remove()).status).toBe(204);
      expect(await remaining()).toEqual([1]);
    });

    it.each(['threads:search', 'threads:delete'])('and a denied %s deletes nothing', async (denied) => {
      ScriptedPolicy.decide = ({ event }) => event !== denied;
      const { status, text } = await remove();
      expect([status, text]).toEqual([403, '{"detail":"Forbidden"}']);
      expect(await remaining()).toEqual([1, 2]);
      expect((await alice('GET', `/assistants/${assistant_id}`)).status).toBe(200);
    });
  });
});
