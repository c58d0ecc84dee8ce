import { describe, expect, it } from '@jest/globals';
import { RUN_ENGINE_OPTIONS } from '../../../src/runs/engine/run-engine.options.js';
import { databases } from '../../support/databases.js';
import { startRuns, type RunsApplication } from './runs.application.js';

const SLOW = { assistant_id: 'slow', input: { ms: 60_000 }, on_disconnect: 'cancel' };

describe.each(databases)('a server on $dialect that stops under its readers', ({ create }) => {
  it('breaks off, so that they come back, and cancels nothing', async () => {
    const database = await create();
    const server = await startRuns(database);
    hurry(server);
    const threadId = await server.newThread(server.alice);
    const streamed = await open(server, `/threads/${threadId}/runs/stream`, SLOW);
    const path = String(streamed.headers.get('content-location'));
    const answers = [
      streamed,
      await open(server, `/threads/${threadId}/runs/wait`, SLOW),
      await open(server, `${path}/stream?cancel_on_disconnect=1`),
      await open(server, `${path}/join?cancel_on_disconnect=1`),
    ];
    const bodies = answers.map(async (answer) => {
      await expect(answer.text()).rejects.toThrow();
    });
    await server.stop();
    await Promise.all(bodies);
    const next = await startRuns(database);
    hurry(next);
    const { body } = await next.alice('GET', `/threads/${threadId}/runs?select=status`);
    expect(body).toEqual([{ status: 'pending' }, { status: expect.stringMatching(/^(pending|running)$/) }]);
    await next.alice('POST', '/runs/cancel', { status: 'all' });
    await next.stop();
    await database.drop();
  });
});

/** In a deployment runs get more time to come to an end. */
function hurry(server: RunsApplication): void {
  Object.assign(server.app.get<object>(RUN_ENGINE_OPTIONS), { gracePeriodMs: 50 });
}

async function open(server: RunsApplication, path: string, body?: object): Promise<Response> {
  const headers = {
    authorization: `Bearer ${await server.token('alice')}`,
    'content-type': 'application/json',
  };
  return fetch(`${server.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
}
