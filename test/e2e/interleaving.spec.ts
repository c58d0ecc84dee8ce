import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const USERS = 20;
const REQUESTS = 1000;
const SOCKETS = 8;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** One request on a socket that other users' requests go over as well. */
function send(
  agent: Agent,
  url: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { agent, method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : undefined }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}

describe.each(databases)(`${REQUESTS} interleaved requests of ${USERS} users on $dialect`, ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
  });

  afterAll(async () => {
    agent.destroy();
    await application.stop();
    await database.drop();
  });

  it("never show anybody another's identity or rows (abuse case 29)", async () => {
    const users = Array.from({ length: USERS }, (_, index) => `user-${index}`);
    const tokens = await Promise.all(users.map((user) => application.token(user)));
    const threads = new Map<string, string[]>(users.map((user) => [user, []]));
    const wrong: unknown[] = [];
    let answered = 0;

    const step = async (index: number): Promise<void> => {
      const user = users[index % USERS];
      const token = tokens[index % USERS];
      const own = threads.get(user)!;
      const ask = (method: string, path: string, body?: object) =>
        send(agent, application.url, token, method, path, body);
      const kind = own.length === 0 ? 0 : Math.floor(index / USERS) % 4;
      if (kind === 0) {
        const { status, body } = await ask('POST', '/threads', { metadata: { of: user } });
        const { thread_id, metadata } = body as { thread_id: string; metadata: Record<string, unknown> };
        if (status !== 200 || metadata.owner !== user || metadata.of !== user)
          wrong.push({ user, status, body });
        own.push(thread_id);
      } else if (kind === 1) {
        const { body } = await ask('POST', '/threads/search', { limit: 1000 });
        const owners = (body as { metadata: { owner: string } }[]).map(({ metadata }) => metadata.owner);
        if (owners.length === 0 || owners.some((owner) => owner !== user)) wrong.push({ user, owners });
      } else if (kind === 2) {
        const { status, body } = await ask('GET', `/threads/${own[0]}`);
        if (status !== 200 || (body as { metadata: { owner: string } }).metadata.owner !== user)
          wrong.push({ user, body });
      } else {
        const other = users[(index + 7) % USERS];
        const foreign = threads.get(other)![0];
        const { status } = await ask('GET', `/threads/${foreign ?? own[0]}`);
        if (status !== (foreign && other !== user ? 404 : 200)) wrong.push({ user, other, status });
      }
      answered++;
    };

    for (let start = 0; start < REQUESTS; start += USERS * 2) {
      await Promise.all(Array.from({ length: USERS * 2 }, (_, offset) => step(start + offset)));
    }
    expect(wrong).toEqual([]);
    expect(answered).toBe(REQUESTS);
  });
});
