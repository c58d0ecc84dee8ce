import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { text } from 'node:stream/consumers';
import { databases, type TestDatabase } from '../../support/databases.js';
import { eventsOf, objectOf, startRuns, type RunsApplication } from './runs.application.js';

interface TokenRequest {
  readonly path: string | undefined;
  readonly key: string | string[] | undefined;
  readonly body: unknown;
}

/** A stand-in for the service that gives out addresses, on the loopback interface. */
class TokenService {
  readonly requests: TokenRequest[] = [];
  private readonly server: Server = createServer((request, response) => {
    void this.take(request).then((key) => {
      response.writeHead(this.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'token', url: `${this.url}/feedback/tokens/of-${key}` }));
    });
  });
  status = 200;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api`;
  }

  private async take(request: IncomingMessage): Promise<string> {
    const body = JSON.parse(await text(request)) as { feedback_key: string };
    this.requests.push({ path: request.url, key: request.headers['x-api-key'], body });
    return body.feedback_key;
  }
}

describe.each(databases)('feedback keys on $dialect', ({ create }) => {
  const service = new TokenService();
  let database: TestDatabase;
  let server: RunsApplication;
  let thread: string;

  beforeAll(async () => {
    await service.start();
    database = await create();
    const environment = { LANGSMITH_API_KEY: 'langsmith-key', LANGSMITH_ENDPOINT: service.url };
    server = await startRuns(database, { environment });
  });

  beforeEach(async () => {
    service.status = 200;
    service.requests.length = 0;
    thread = await server.newThread(server.alice);
  });

  afterAll(async () => {
    await server.stop();
    await database.drop();
    service.stop();
  });

  const run = (how: string, more: object = { feedback_keys: ['score', 'comment'] }) =>
    server.alice('POST', `/threads/${thread}/runs${how}`, { assistant_id: 'steps', input: {}, ...more });

  const addresses = () => ({
    score: `${service.url}/feedback/tokens/of-score`,
    comment: `${service.url}/feedback/tokens/of-comment`,
  });

  it('end a stream with an address for each key, asked for in the name of the run', async () => {
    const answer = await run('/stream');
    const events = eventsOf(answer.text);
    expect(events.at(-1)).toEqual({ event: 'feedback', data: addresses(), id: undefined });
    const { run_id } = events[0].data as { run_id: string };
    expect(service.requests).toHaveLength(2);
    expect(service.requests).toContainEqual({
      path: '/api/feedback/tokens',
      key: 'langsmith-key',
      body: { run_id, feedback_key: 'score', expires_in: { hours: 3 } },
    });
  });

  it('put the addresses into what wait and join answer', async () => {
    expect(objectOf(await run('/wait')).__feedback__).toEqual(addresses());
    const { run_id } = objectOf(await run(''));
    const joined = await server.alice('GET', `/threads/${thread}/runs/${String(run_id)}/join`);
    expect(objectOf(joined).__feedback__).toEqual(addresses());
  });

  it('cost a run nothing when the service fails', async () => {
    service.status = 503;
    expect(objectOf(await run('/wait'))).not.toHaveProperty('__feedback__');
    const names = eventsOf((await run('/stream')).text).map(({ event }) => event);
    expect(names).toContain('values');
    expect(names).not.toContain('feedback');
    expect(names).not.toContain('error');
  });

  it('are asked for only where a run names them', async () => {
    await run('/wait', {});
    await run('/stream', { feedback_keys: [] });
    expect(service.requests).toEqual([]);
  });

  it('are kept to oneself where no service is configured', async () => {
    const other = await startRuns(database);
    try {
      const id = await other.newThread(other.alice);
      const body = { assistant_id: 'steps', input: {}, feedback_keys: ['score'] };
      expect(objectOf(await other.alice('POST', `/threads/${id}/runs/wait`, body))).not.toHaveProperty(
        '__feedback__',
      );
    } finally {
      await other.stop();
    }
  });
});
