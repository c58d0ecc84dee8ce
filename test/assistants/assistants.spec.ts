import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../support/application.js';
import { databases } from '../support/databases.js';
import { createAssistant, startAssistants, type AssistantsServer } from './support/assistants.server.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each(databases)('assistants on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;

  beforeAll(async () => {
    server = await startAssistants(create);
    ({ alice } = server);
  });
  afterAll(() => server.stop());

  describe('creating', () => {
    it('answers with the whole assistant, filled with defaults', async () => {
      const { status, headers, body } = await alice('POST', '/assistants', { graph_id: 'agent' });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch('application/json');
      expect(body).toEqual({
        assistant_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        graph_id: 'agent',
        config: {},
        context: {},
        created_at: expect.stringMatching(ISO),
        updated_at: expect.stringMatching(ISO),
        metadata: { owner: 'alice' },
        version: 1,
        name: 'Untitled',
        description: null,
      });
    });

    it('keeps what the client gives', async () => {
      const given = {
        assistant_id: randomUUID(),
        config: { tags: ['a'], recursion_limit: 7, configurable: { model: 'small' }, own: true },
        context: { tone: 'kind' },
        name: 'Reader',
        description: 'reads',
      };
      const created = await createAssistant(alice, { ...given, metadata: { team: 'blue' } });
      expect(created).toMatchObject({ ...given, metadata: { team: 'blue', owner: 'alice' } });
      expect((await alice('GET', `/assistants/${given.assistant_id}`)).body).toEqual(created);
    });

    it('takes null for absent', async () => {
      const nulls = {
        assistant_id: null,
        config: { configurable: null, tags: null },
        metadata: null,
        name: null,
      };
      expect(await createAssistant(alice, nulls)).toMatchObject({ config: {}, name: 'Untitled' });
    });

    it('compares ids without regard to case', async () => {
      const assistant_id = randomUUID();
      await createAssistant(alice, { assistant_id: assistant_id.toUpperCase() });
      const { status } = await alice('POST', '/assistants', { graph_id: 'agent', assistant_id });
      expect(status).toBe(409);
    });

    it('refuses a taken id, or gives the assistant that has it when asked to', async () => {
      const first = await createAssistant(alice, { name: 'first' });
      const again = { graph_id: 'agent', assistant_id: first.assistant_id, name: 'second' };
      const raised = await alice('POST', '/assistants', again);
      expect([raised.status, raised.body]).toEqual([409, { detail: 'Assistant already exists' }]);
      const { status, body } = await alice('POST', '/assistants', { ...again, if_exists: 'do_nothing' });
      expect([status, body]).toEqual([200, first]);
    });

    it('does not know a graph that is not registered', async () => {
      const { status, body } = await alice('POST', '/assistants', { graph_id: 'nope' });
      expect([status, body]).toEqual([404, { detail: 'Graph "nope" not found' }]);
    });

    it.each<[string, object]>([
      ['graph_id', {}],
      ['graph_id', { graph_id: '' }],
      ['graph_id', { graph_id: 7 }],
      ['assistant_id', { graph_id: 'agent', assistant_id: 'x' }],
      ['config', { graph_id: 'agent', config: [] }],
      ['config', { graph_id: 'agent', config: { configurable: 'x' } }],
      ['config', { graph_id: 'agent', config: { tags: [1] } }],
      ['config', { graph_id: 'agent', config: { recursion_limit: 0 } }],
      ['context', { graph_id: 'agent', context: 'x' }],
      ['metadata', { graph_id: 'agent', metadata: [] }],
      ['if_exists', { graph_id: 'agent', if_exists: 'replace' }],
      ['name', { graph_id: 'agent', name: {} }],
      ['description', { graph_id: 'agent', description: 1 }],
    ])('names the field %s that is wrong in %j', async (field, body) => {
      const answer = await alice('POST', '/assistants', body);
      expect(answer.status).toBe(422);
      expect(answer.body).toEqual({ detail: expect.stringContaining(field) });
    });

    it('drops metadata that only the server sets, and a principal in the config', async () => {
      const created = await createAssistant(alice, {
        metadata: { created_by: 'system', langgraph_auth_user: 'root', kept: 1 },
        config: {
          configurable: { langgraph_auth_user: { identity: 'root' }, langgraph_auth_user_id: 'root', a: 1 },
        },
      });
      expect(created.metadata).toEqual({ kept: 1, owner: 'alice' });
      expect(created.config).toEqual({ configurable: { a: 1 } });
    });
  });

  describe('deleting', () => {
    it('removes the assistant and its versions', async () => {
      const { assistant_id } = await createAssistant(alice);
      const { status, text } = await alice('DELETE', `/assistants/${assistant_id}`);
      expect([status, text]).toEqual([204, '']);
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/versions'],
      ]) {
        const gone = await alice(method, `/assistants/${assistant_id}${path}`);
        expect([gone.status, gone.body]).toEqual([404, { detail: 'Assistant not found' }]);
      }
    });

    it('frees the id, and nothing of the old one comes back', async () => {
      const { assistant_id } = await createAssistant(alice, { metadata: { old: true } });
      await alice('PATCH', `/assistants/${assistant_id}`, {});
      await alice('DELETE', `/assistants/${assistant_id}`);
      await createAssistant(alice, { assistant_id });
      const versions = await alice('POST', `/assistants/${assistant_id}/versions`);
      expect(versions.body).toEqual([expect.objectContaining({ version: 1, metadata: { owner: 'alice' } })]);
    });

    it('leaves its threads unless asked to take them along', async () => {
      const { assistant_id } = await createAssistant(alice);
      const thread = await createThread(alice, { assistant_id });
      await alice('DELETE', `/assistants/${assistant_id}`);
      expect((await alice('GET', `/threads/${thread}`)).status).toBe(200);
    });

    it('takes along the threads that ran on it, and no other', async () => {
      const { assistant_id } = await createAssistant(alice);
      const own = await Promise.all([1, 2, 3].map(() => createThread(alice, { assistant_id })));
      const others = [
        await createThread(alice, { assistant_id: randomUUID() }),
        await createThread(alice, {}),
        await createThread(server.bob, { assistant_id }),
      ];
      const { status } = await alice('DELETE', `/assistants/${assistant_id}?delete_threads=true`);
      expect(status).toBe(204);
      for (const thread of own) expect((await alice('GET', `/threads/${thread}`)).status).toBe(404);
      const answers = [
        await alice('GET', `/threads/${others[0]}`),
        await alice('GET', `/threads/${others[1]}`),
        await server.bob('GET', `/threads/${others[2]}`),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    });

    it('takes along more threads than one page of a search holds', async () => {
      const { assistant_id } = await createAssistant(alice);
      for (let rest = 0; rest < 7; rest++)
        await Promise.all(Array.from({ length: 15 }, () => createThread(alice, { assistant_id })));
      await alice('DELETE', `/assistants/${assistant_id}?delete_threads=1`);
      expect((await alice('POST', '/threads/count', { metadata: { assistant_id } })).body).toBe(0);
    });

    it('refuses a flag that is none', async () => {
      const { assistant_id } = await createAssistant(alice);
      const { status } = await alice('DELETE', `/assistants/${assistant_id}?delete_threads=maybe`);
      expect(status).toBe(422);
    });
  });

  it('answers 404 for a graph that nobody knows and for an unknown id', async () => {
    const answers = await Promise.all(
      ['nope', randomUUID(), '%25'].map((id) => alice('GET', `/assistants/${id}`)),
    );
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      answers.map(() => [404, '{"detail":"Assistant not found"}']),
    );
  });

  it('asks strangers who they are before anything else', async () => {
    const { assistant_id } = await createAssistant(alice);
    const answer = await fetch(`${server.application.url}/assistants/${assistant_id}`);
    expect([answer.status, await answer.json()]).toEqual([401, { detail: 'Unauthorized' }]);
  });
});

async function createThread(caller: Caller, metadata: object): Promise<string> {
  const { body } = await caller('POST', '/threads', { metadata });
  return (body as { thread_id: string }).thread_id;
}
