import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../support/application.js';
import { databases } from '../support/databases.js';
import {
  createAssistant,
  startAssistants,
  type AssistantBody,
  type AssistantsServer,
} from './support/assistants.server.js';

describe.each(databases)('versions of assistants on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;

  beforeAll(async () => {
    server = await startAssistants(create);
    ({ alice } = server);
  });
  afterAll(() => server.stop());

  async function patch(id: string, change: object): Promise<AssistantBody> {
    const { status, body, text } = await alice('PATCH', `/assistants/${id}`, change);
    expect([status, text]).toEqual([200, text]);
    return body as AssistantBody;
  }

  async function versionsOf(id: string, search: object = {}): Promise<readonly AssistantBody[]> {
    return (await alice('POST', `/assistants/${id}/versions`, { limit: 100, ...search }))
      .body as AssistantBody[];
  }

  it('begin with what was created', async () => {
    const created = await createAssistant(alice, {
      config: { configurable: { a: 1 } },
      description: 'first',
    });
    const { updated_at: _, ...version } = created;
    expect(await versionsOf(created.assistant_id)).toEqual([version]);
  });

  it('are added by each change, which merges metadata and replaces the rest', async () => {
    const first = await createAssistant(alice, {
      config: { configurable: { a: 1 } },
      context: { c: 1 },
      metadata: { kept: 1, changed: 1 },
      name: 'one',
      description: 'first',
    });
    const second = await patch(first.assistant_id, {
      config: { configurable: { b: 2 } },
      metadata: { changed: 2, added: { deep: true } },
      name: 'two',
    });
    expect(second).toEqual({
      ...first,
      config: { configurable: { b: 2 } },
      metadata: { owner: 'alice', kept: 1, changed: 2, added: { deep: true } },
      name: 'two',
      version: 2,
      updated_at: expect.any(String),
    });
    expect((await alice('GET', `/assistants/${first.assistant_id}`)).body).toEqual(second);
    expect(await versionsOf(first.assistant_id)).toMatchObject([
      { version: 2, name: 'two', config: second.config, context: { c: 1 }, description: 'first' },
      { version: 1, name: 'one', config: first.config, metadata: first.metadata },
    ]);
  });

  it('are added by an empty change as well', async () => {
    const first = await createAssistant(alice, { name: 'same' });
    const bodies: unknown[] = [{}, undefined, { name: null, metadata: null, unknown: 1 }];
    for (const [index, body] of bodies.entries()) {
      const answer = await alice('PATCH', `/assistants/${first.assistant_id}`, body);
      expect(answer.body).toMatchObject({ version: index + 2, name: 'same', metadata: first.metadata });
    }
  });

  it('may move to another graph that exists', async () => {
    const { assistant_id } = await createAssistant(alice);
    expect(await patch(assistant_id, { graph_id: 'steps' })).toMatchObject({ graph_id: 'steps', version: 2 });
    const refused = await alice('PATCH', `/assistants/${assistant_id}`, { graph_id: 'nope' });
    expect([refused.status, refused.body]).toEqual([404, { detail: 'Graph "nope" not found' }]);
    expect(await versionsOf(assistant_id)).toHaveLength(2);
  });

  it('never take reserved metadata or a principal from a client', async () => {
    const { assistant_id } = await createAssistant(alice);
    const changed = await patch(assistant_id, {
      metadata: { created_by: 'system', langgraph_request_id: 'x', fine: 1 },
      config: { configurable: { langgraph_auth_user_id: 'root' } },
    });
    expect(changed.metadata).toEqual({ owner: 'alice', fine: 1 });
    expect(changed.config).toEqual({ configurable: {} });
  });

  it('are neither lost nor given twice by changes at the same time', async () => {
    const { assistant_id } = await createAssistant(alice);
    const changes = 40;
    const answers = await Promise.all(
      Array.from({ length: changes }, (_, index) =>
        patch(assistant_id, { metadata: { [`key_${index}`]: index } }),
      ),
    );
    const expected = Array.from({ length: changes }, (_, index) => index + 2);
    expect(answers.map(({ version }) => version).sort((a, b) => a - b)).toEqual(expected);
    expect((await versionsOf(assistant_id)).map(({ version }) => version)).toEqual([
      ...expected.reverse(),
      1,
    ]);
    const last = (await alice('GET', `/assistants/${assistant_id}`)).body as AssistantBody;
    expect(last.version).toBe(changes + 1);
    expect(Object.keys(last.metadata)).toHaveLength(changes + 1);
  });

  describe('listed', () => {
    let id: string;

    beforeAll(async () => {
      id = (await createAssistant(alice, { metadata: { stage: 'draft' } })).assistant_id;
      await patch(id, { metadata: { stage: 'final' } });
      await patch(id, { metadata: { tag: ['x', 'y'] } });
    });

    it.each<[object, readonly number[]]>([
      [{}, [3, 2, 1]],
      [{ limit: 2 }, [3, 2]],
      [{ limit: 2, offset: 2 }, [1]],
      [{ metadata: { stage: 'final' } }, [3, 2]],
      [{ metadata: { tag: ['y'] } }, [3]],
      [{ metadata: { stage: 'draft' }, limit: 1 }, [1]],
    ])('newest first, narrowed by %j', async (search, expected) => {
      expect((await versionsOf(id, search)).map(({ version }) => version)).toEqual(expected);
    });

    it('are ten unless told otherwise', async () => {
      const { assistant_id } = await createAssistant(alice);
      for (let version = 2; version <= 12; version++) await patch(assistant_id, {});
      const { body } = await alice('POST', `/assistants/${assistant_id}/versions`);
      expect((body as AssistantBody[]).map(({ version }) => version)).toEqual([
        12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
      ]);
    });

    it('are not found where there are none', async () => {
      const unknown = await alice('POST', `/assistants/${randomUUID()}/versions`);
      const unmatched = await alice('POST', `/assistants/${id}/versions`, { metadata: { stage: 'other' } });
      expect([unknown, unmatched].map(({ status, text }) => [status, text])).toEqual([
        [404, '{"detail":"Assistant not found"}'],
        [404, '{"detail":"Assistant not found"}'],
      ]);
    });

    it.each([{ limit: 0 }, { offset: -1 }, { metadata: 'x' }])('are refused for %j', async (search) => {
      expect((await alice('POST', `/assistants/${id}/versions`, search)).status).toBe(422);
    });
  });

  describe('made the latest', () => {
    it('bring back config, context, metadata, name and description', async () => {
      const first = await createAssistant(alice, {
        config: { configurable: { a: 1 } },
        context: { c: 1 },
        metadata: { stage: 1 },
        name: 'one',
        description: 'first',
      });
      const id = first.assistant_id;
      const second = await patch(id, {
        graph_id: 'steps',
        config: {},
        context: { c: 2 },
        metadata: { stage: 2, more: true },
        name: 'two',
        description: 'second',
      });
      const back = await alice('POST', `/assistants/${id}/latest`, { version: 1 });
      expect([back.status, back.body]).toEqual([200, { ...first, updated_at: expect.any(String) }]);
      expect((await alice('GET', `/assistants/${id}`)).body).toEqual(back.body);
      const forth = await alice('POST', `/assistants/${id}/latest`, { version: 2 });
      expect(forth.body).toEqual({ ...second, updated_at: expect.any(String) });
    });

    it('are found by the name that they bring back', async () => {
      const { assistant_id } = await createAssistant(alice, { name: 'Former Name' });
      await patch(assistant_id, { name: 'Later Name' });
      await alice('POST', `/assistants/${assistant_id}/latest`, { version: 1 });
      const count = async (name: string) => (await alice('POST', '/assistants/count', { name })).body;
      expect([await count('former name'), await count('later name')]).toEqual([1, 0]);
    });

    it('add no version, and the next change counts on from the highest', async () => {
      const { assistant_id } = await createAssistant(alice, { name: 'one' });
      await patch(assistant_id, { name: 'two' });
      await patch(assistant_id, { name: 'three' });
      await alice('POST', `/assistants/${assistant_id}/latest`, { version: 1 });
      expect(await versionsOf(assistant_id)).toHaveLength(3);
      expect(await patch(assistant_id, { metadata: { x: 1 } })).toMatchObject({ version: 4, name: 'one' });
    });

    it('have to exist', async () => {
      const { assistant_id } = await createAssistant(alice);
      const missing = await alice('POST', `/assistants/${assistant_id}/latest`, { version: 99 });
      expect([missing.status, missing.body]).toEqual([404, { detail: 'Assistant version not found' }]);
      const unknown = await alice('POST', `/assistants/${randomUUID()}/latest`, { version: 1 });
      expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Assistant not found' }]);
      expect((await alice('GET', `/assistants/${assistant_id}`)).body).toMatchObject({ version: 1 });
    });

    it.each([
      {},
      { version: 0 },
      { version: 1.5 },
      { version: '1' },
      { version: 2 ** 31 },
      { version: null },
    ])('are refused for %j', async (choice) => {
      const { assistant_id } = await createAssistant(alice);
      const { status, body } = await alice('POST', `/assistants/${assistant_id}/latest`, choice);
      expect([status, body]).toEqual([422, { detail: expect.stringContaining('version') }]);
    });
  });
});
