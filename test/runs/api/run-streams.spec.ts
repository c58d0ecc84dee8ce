import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../support/application.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { eventsOf, namesOf, objectOf, startRuns, type RunsApplication } from './runs.application.js';

const HELLO = { messages: [{ role: 'human', content: 'hello' }] };

describe.each(databases)('streams of runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let alice: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database);
    alice = server.alice;
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const stream = async (body: object, threadId?: string) => {
    const thread_id = threadId ?? (await server.newThread(alice));
    const answer = await alice('POST', `/threads/${thread_id}/runs/stream`, body);
    return { ...answer, path: String(answer.headers.get('content-location')) };
  };
  const join = async (path: string, { query = '', from }: { query?: string; from?: string } = {}) =>
    (
      await alice(
        'GET',
        `${path}/stream${query}`,
        undefined,
        from === undefined ? {} : { 'last-event-id': from },
      )
    ).text;

  it('begin with a heartbeat and the metadata, and have an id on every event', async () => {
    const { status, headers, text, path } = await stream({ assistant_id: 'chat', input: HELLO });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    expect(headers.get('location')).toBe(`${path}/stream?stream_mode=values`);
    expect(text).toMatch(/^: heartbeat\nevent: metadata\n/);
    const events = eventsOf(text);
    expect(events.map(({ event }) => event)).toEqual(['metadata', 'values', 'values']);
    expect(events.map(({ id }) => id)).toEqual(['0', '1', '2']);
    expect(events[0].data).toEqual({ run_id: path.split('/').at(-1), attempt: 1 });
    expect(events[2].data).toMatchObject({ messages: [{ type: 'human' }, { type: 'ai' }] });
  });

  it.each<[string, string | string[], string[]]>([
    ['chat', 'updates', ['metadata', 'updates']],
    ['chat', ['values', 'updates'], ['metadata', 'values', 'updates', 'values']],
    ['custom', 'custom', ['metadata', 'custom', 'custom']],
    ['chat', 'tasks', ['metadata', 'tasks', 'tasks']],
  ])('of %s in mode %j are the events of the contract', async (assistant_id, stream_mode, names) => {
    const input = assistant_id === 'chat' ? HELLO : { goal: 2 };
    expect(namesOf((await stream({ assistant_id, input, stream_mode })).text)).toEqual(names);
  });

  it('name the modes that were asked for where they can be taken up again', async () => {
    const { headers, path } = await stream({
      assistant_id: 'chat',
      input: HELLO,
      stream_mode: ['updates', 'custom'],
    });
    expect(headers.get('location')).toBe(`${path}/stream?stream_mode=updates&stream_mode=custom`);
  });

  it('miss nothing of a run that is over at once', async () => {
    const runs = Array.from({ length: 20 }, () => stream({ assistant_id: 'custom', input: { goal: 0 } }));
    for (const { text } of await Promise.all(runs))
      expect(namesOf(text)).toEqual(['metadata', 'values', 'values']);
  });

  it('end with the error of a run that fails', async () => {
    const { text } = await stream({ assistant_id: 'failing', input: { messages: [] } });
    const events = eventsOf(text);
    expect(events.at(-1)).toMatchObject({
      event: 'error',
      data: { error: 'OutOfCoffeeError', message: 'There is no coffee left' },
    });
  });

  it('come without a thread too', async () => {
    const answer = await alice('POST', '/runs/stream', { assistant_id: 'chat', input: HELLO });
    expect(namesOf(answer.text)).toEqual(['metadata', 'values', 'values']);
    expect(answer.headers.get('content-location')).toMatch(/^\/runs\/[0-9a-f-]{36}$/);
  });

  describe('of a resumable run that is over', () => {
    let path: string;
    let original: string;
    beforeAll(async () => {
      const body = {
        assistant_id: 'chat',
        input: HELLO,
        stream_mode: ['values', 'updates'],
        stream_resumable: true,
      };
      ({ path, text: original } = await stream(body));
    });

    it.each(['-1', '-'])('are replayed as they were for Last-Event-ID %s', async (from) => {
      expect(await join(path, { from })).toBe(original);
    });

    it('are replayed after an id', async () => {
      expect(eventsOf(await join(path, { from: '1' }))).toEqual(eventsOf(original).slice(2));
      expect(eventsOf(await join(path, { from: '99' }))).toEqual([]);
    });

    it.each([undefined, 'abc', '-7'])('are not replayed for Last-Event-ID %s', async (from) => {
      expect(eventsOf(await join(path, { from }))).toEqual([]);
    });

    it('are filtered by mode, which keeps the metadata', async () => {
      expect(namesOf(await join(path, { from: '-1', query: '?stream_mode=updates' }))).toEqual([
        'metadata',
        'updates',
      ]);
    });

    it('are found by the id of the run alone', async () => {
      const byRun = path.replace(/^\/threads\/[^/]+/, '');
      expect(eventsOf(await join(byRun, { from: '-1' }))).toEqual(eventsOf(original));
    });
  });

  it('of a run that was not resumable are gone when it is over', async () => {
    const { path } = await stream({ assistant_id: 'chat', input: HELLO });
    expect(eventsOf(await join(path, { from: '-1' }))).toEqual([]);
  });

  it.each(['thread', 'run'])('of a missing %s are one and the same error', async (missing) => {
    const threadId = missing === 'thread' ? randomUUID() : await server.newThread(alice);
    const answer = await alice('GET', `/threads/${threadId}/runs/${randomUUID()}/stream`);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      ': heartbeat\nevent: error\ndata: {"error":"HTTPException","message":"404: Run not found"}\n\n',
    );
  });

  describe('of a run that goes on', () => {
    const slow = { assistant_id: 'slow', input: { ms: 100, steps: 8 }, stream_mode: 'values' };

    const begin = async (body: object = slow) => {
      const threadId = await server.newThread(alice);
      const run = objectOf(await alice('POST', `/threads/${threadId}/runs`, body));
      return `/threads/${threadId}/runs/${String(run.run_id)}`;
    };
    const doneOf = (text: string) =>
      eventsOf(text).flatMap(({ data }) =>
        typeof data === 'object' && data && 'done' in data ? [data.done] : [],
      );

    it('give every reader every event', async () => {
      const path = await begin();
      const texts = await Promise.all([
        join(path, { from: '-1' }),
        join(path, { from: '-' }),
        join(path, { from: '-1' }),
      ]);
      for (const text of texts) expect(doneOf(text)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(new Set(texts.map((text) => JSON.stringify(eventsOf(text)))).size).toBe(1);
    });

    it('are taken up after a break where they were, nothing lost and nothing twice', async () => {
      const threadId = await server.newThread(alice);
      const reader = await openStream(server, `/threads/${threadId}/runs/stream`, slow);
      const first = await reader.readUntil('id: 3\n\n');
      reader.leave();
      const seen = eventsOf(first);
      const rest = await join(reader.path, { from: seen.at(-1)?.id });
      const all = [...seen, ...eventsOf(rest)];
      expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => String(index)));
      expect(doneOf(first).concat(doneOf(rest))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('begin with what happens now without a Last-Event-ID', async () => {
      const path = await begin();
      const early = join(path, { from: '-1' });
      while (objectOf(await alice('GET', path)).status !== 'running');
      const late = doneOf(await join(path));
      expect(late.at(-1)).toBe(8);
      expect(doneOf(await early).slice(-late.length)).toEqual(late);
    });

    const long = { assistant_id: 'slow', input: { ms: 60_000 } };
    const endOf = async (path: string) => {
      await alice('GET', `${path}/join`);
      return objectOf(await alice('GET', path)).status;
    };

    it.each([
      ['stream', ''],
      ['wait', '/wait'],
    ])('are cancelled when the client of %s goes away and has asked for that', async (_, form) => {
      const threadId = await server.newThread(alice);
      const url = `/threads/${threadId}/runs${form || '/stream'}`;
      const reader = await openStream(server, url, { ...long, on_disconnect: 'cancel' });
      reader.leave();
      expect(await endOf(reader.path)).toBe('interrupted');
    });

    it.each(['/stream', '/join'])(
      'are cancelled when a reader of %s goes away and has asked for that',
      async (form) => {
        const path = await begin(long);
        const reader = await openStream(server, `${path}${form}?cancel_on_disconnect=1`);
        reader.leave();
        expect(await endOf(path)).toBe('interrupted');
      },
    );

    it('go on when the client goes away without a word', async () => {
      const threadId = await server.newThread(alice);
      const reader = await openStream(server, `/threads/${threadId}/runs/stream`, slow);
      reader.leave();
      expect(await endOf(reader.path)).toBe('success');
    });
  });
});

/** Opens a stream and leaves it when told to. */
async function openStream(server: RunsApplication, path: string, body?: object) {
  const leaving = new AbortController();
  const response = await fetch(`${server.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${await server.token('alice')}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: leaving.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    path: response.headers.get('content-location') ?? '',
    leave: () => leaving.abort(),
    async readUntil(text: string): Promise<string> {
      let read = '';
      while (!read.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended before ${JSON.stringify(text)}: ${read}`);
        read += value;
      }
      return read.slice(0, read.indexOf(text) + text.length);
    },
  };
}
