import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Reads an event stream until `count` events are there, then lets it go. */
async function read(url: string, token: string, count: number, lastEventId?: string): Promise<StreamEvent[]> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 10_000);
  const events: StreamEvent[] = [];
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...(lastEventId && { 'last-event-id': lastEventId }) },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const frames = text.split('\n\n');
      text = frames.pop()!;
      events.push(...frames.map(parse));
      if (events.length >= count) break;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  return events;
}

function parse(frame: string): StreamEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data')) };
}

describe.each(databases)('the stream of a thread on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let token: string;
  let thread: string;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
    token = await application.token('alice');
    thread = ((await alice('POST', '/threads', {})).body as { thread_id: string }).thread_id;
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  const url = (query = '') => `${application.url}/threads/${thread}/stream${query}`;
  const say = async (content: string): Promise<string> => {
    const body = {
      assistant_id: 'agent',
      input: { messages: [{ role: 'user', content }] },
      stream_resumable: true,
    };
    const answer = await alice('POST', `/threads/${thread}/runs/wait`, body);
    return /[^/]+$/.exec(answer.headers.get('content-location')!)![0];
  };
  /** Gives a stream the time to be open before something happens on the thread. */
  const soon = () => new Promise((resolve) => setTimeout(resolve, 300));

  it('tells what happens from the moment of joining, over several runs', async () => {
    await say('before');
    const reading = read(url('?stream_modes=run_modes,lifecycle'), token, 10);
    await soon();
    const first = await say('one');
    const second = await say('two');
    const events = await reading;
    expect(events.map(({ event }) => event)).toEqual([
      ...['lifecycle', 'metadata', 'values', 'values', 'lifecycle'],
      ...['lifecycle', 'metadata', 'values', 'values', 'lifecycle'],
    ]);
    expect(events.filter(({ event }) => event === 'lifecycle').map(({ data }) => data)).toEqual([
      { run_id: first, status: 'running' },
      { run_id: first, status: 'success' },
      { run_id: second, status: 'running' },
      { run_id: second, status: 'success' },
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('goes on behind any event, with nothing lost and nothing twice', async () => {
    const all = await read(url('?stream_mode=run_modes'), token, 6, '-');
    expect(all.filter(({ event }) => event === 'metadata').length).toBeGreaterThan(1);
    for (const index of [0, 1, 3]) {
      const rest = await read(url('?stream_mode=run_modes'), token, 5 - index, all[index].id);
      expect(rest.slice(0, 5 - index)).toEqual(all.slice(index + 1, 6));
    }
  });

  it('shows the state after each run where it is asked for', async () => {
    const reading = read(url('?stream_modes=state_update'), token, 1);
    await soon();
    await say('state');
    const [{ event, data }] = await reading;
    expect(event).toBe('state_update');
    expect((data as { values: { messages: { content: string }[] } }).values.messages.at(-1)?.content).toBe(
      'echo: state',
    );
  });

  it("is 404 for somebody else's thread as for none, and 422 for an unknown mode (abuse case 57)", async () => {
    const bob = await application.as('bob');
    expect(await bob('GET', `/threads/${thread}/stream`)).toMatchObject({
      status: 404,
      body: { detail: `Thread with ID ${thread} not found` },
    });
    expect(await alice('GET', `/threads/${thread}/stream?stream_modes=everything`)).toMatchObject({
      status: 422,
    });
  });
});
