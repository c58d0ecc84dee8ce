import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { callerOf } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from '../runs/api/runs.application.js';

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'a process on $dialect',
  ({ create }) => {
    let database: TestDatabase;
    const started: RunsApplication[] = [];

    beforeEach(async () => {
      database = await create();
    });
    afterEach(async () => {
      await Promise.all(started.splice(0).map((server) => server.stop()));
      await database.drop();
    });

    async function start(role: string): Promise<RunsApplication> {
      const server = await startRuns(database, { environment: { ROLE: role } });
      started.push(server);
      return server;
    }

    it('with the role api serves everything, and leaves its runs to a worker', async () => {
      const api = await start('api');
      const thread = await api.newThread(api.alice);
      const run = objectOf(
        await api.alice('POST', `/threads/${thread}/runs`, { assistant_id: 'steps', input: {} }),
      );
      await new Promise((resolve) => setTimeout(resolve, 500));
      const path = `/threads/${thread}/runs/${String(run.run_id)}`;
      expect(objectOf(await api.alice('GET', path)).status).toBe('pending');
      await start('worker');
      await api.alice('GET', `${path}/join`);
      expect(objectOf(await api.alice('GET', path)).status).toBe('success');
    });

    it('with the role worker answers probes, and is otherwise no API at all', async () => {
      const worker = await start('worker');
      for (const path of ['/ok', '/ok?check_db=1', '/info'])
        expect(await callerOf(worker.url)('GET', path)).toMatchObject({ status: 200 });
      const unknown = await worker.alice('GET', '/unknown');
      expect(unknown).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
      for (const [method, path] of [
        ['POST', '/threads'],
        ['POST', '/threads/search'],
        ['POST', '/runs/wait'],
        ['GET', '/assistants/steps'],
      ] as const) {
        const answer = await worker.alice(method, path, method === 'POST' ? {} : undefined);
        expect(answer).toMatchObject({ status: 404, text: unknown.text });
      }
    });
  },
);
