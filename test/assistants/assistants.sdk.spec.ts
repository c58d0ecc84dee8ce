import { Client } from '@langchain/langgraph-sdk';
import { Client as OlderClient } from 'langgraph-sdk-2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { startAssistants, type AssistantsServer } from './support/assistants.server.js';

const clients = [
  { line: '1.x', connect: (options: ClientOptions) => new Client(options).assistants },
  { line: '2.0.0', connect: (options: ClientOptions) => new OlderClient(options).assistants },
];

interface ClientOptions {
  readonly apiUrl: string;
  readonly defaultHeaders: Record<string, string>;
}

describe.each(databases)('the official client on $dialect', ({ create }) => {
  let server: AssistantsServer;

  beforeAll(async () => {
    server = await startAssistants(create);
  });
  afterAll(() => server.stop());

  describe.each(clients)('of line $line', ({ line, connect }) => {
    it('gets what it expects from every method of assistants', async () => {
      const { url, token } = server.application;
      const authorization = `Bearer ${await token('alice')}`;
      const assistants = connect({ apiUrl: url, defaultHeaders: { authorization } });

      const created = await assistants.create({ graphId: 'nested', name: `of ${line}`, metadata: { line } });
      const id = created.assistant_id;
      expect(created).toMatchObject({ graph_id: 'nested', version: 1, metadata: { line, owner: 'alice' } });
      expect(await assistants.get(id)).toEqual(created);
      expect(await assistants.update(id, { config: { tags: ['t'] } })).toMatchObject({ version: 2 });
      expect(await assistants.getVersions(id)).toMatchObject([{ version: 2 }, { version: 1 }]);
      expect(await assistants.setLatest(id, 1)).toMatchObject({ version: 1, config: {} });
      expect(await assistants.search({ metadata: { line }, graphId: 'nested' })).toMatchObject([
        { assistant_id: id },
      ]);
      expect(await assistants.count({ metadata: { line } })).toBe(1);
      expect((await assistants.getGraph(id, { xray: true })).nodes).not.toHaveLength(0);
      expect(await assistants.getSchemas(id)).toMatchObject({ graph_id: 'nested' });
      expect(Object.keys(await assistants.getSubgraphs(id, { recurse: true }))).toEqual([
        'child',
        'child|grandchild',
      ]);
      expect(Object.keys(await assistants.getSubgraphs(id, { namespace: 'child' }))).toEqual(['child']);
      await assistants.delete(id);
      await expect(assistants.get(id)).rejects.toMatchObject({ status: 404 });
      await expect(assistants.get('agent')).resolves.toMatchObject({ name: 'agent' });
    });
  });
});
