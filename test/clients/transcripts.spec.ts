import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { BEGINNING, INPUT, numbered, TRANSCRIPTS } from './support/expected.transcripts.js';
import { framesOf } from './support/transcript.js';

describe.each(databases)('the wire transcript on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: TestApplication;
  let alice: Caller;
  beforeAll(async () => {
    database = await create();
    server = await startApplication({ databaseUrl: database.url, graphs: testGraphs });
    alice = await server.as('alice');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const newThread = async () =>
    ((await alice('POST', '/threads', {})).body as { thread_id: string }).thread_id;
  const streamOn = (threadId: string, graph: string, body: object) =>
    alice('POST', `/threads/${threadId}/runs/stream`, { assistant_id: graph, input: INPUT, ...body });
  const rejoin = (path: string, lastEventId?: string) =>
    alice('GET', path, undefined, lastEventId === undefined ? {} : { 'last-event-id': lastEventId });

  it.each(TRANSCRIPTS)('of %s is that of the contract', async (_title, graph, body, expected) => {
    const { status, text } = await streamOn(await newThread(), graph, body);
    expect(status).toBe(200);
    expect(framesOf(text)).toEqual(numbered([BEGINNING, ...expected]));
    expect(text).not.toContain('langgraph_auth');
  });

  it('of a resumed interrupt goes on where it stopped', async () => {
    const threadId = await newThread();
    await streamOn(threadId, 'review', { input: { text: 'poem' } });
    const modes = { stream_mode: ['values', 'updates'] };
    const { text } = await streamOn(threadId, 'review', {
      input: null,
      command: { resume: 'yes' },
      ...modes,
    });
    expect(framesOf(text)).toEqual(
      numbered([
        BEGINNING,
        ['values', { text: 'draft of poem' }],
        ['updates', { review: { verdict: 'yes' } }],
        ['values', { text: 'draft of poem', verdict: 'yes' }],
        ['updates', { publish: { text: 'draft of poem: yes' } }],
        ['values', { text: 'draft of poem: yes', verdict: 'yes' }],
      ]),
    );
  });

  it('has the headers of the contract, with the addresses of the run', async () => {
    const threadId = await newThread();
    const { headers, text } = await streamOn(threadId, 'agent', { stream_mode: ['values', 'updates'] });
    const runId = /"run_id":"([^"]+)"/.exec(text)?.[1];
    const run = `/threads/${threadId}/runs/${runId}`;
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toMatch(/no-(store|cache)/);
    expect(headers.get('content-location')).toBe(run);
    const location = new URL(String(headers.get('location')), server.url);
    expect(location.pathname).toBe(`${run}/stream`);
    expect(location.searchParams.getAll('stream_mode').join().split(',')).toEqual(['values', 'updates']);
  });

  it('of a run without a thread is that of a run with one, under an address without a thread', async () => {
    const body = { assistant_id: 'agent', input: INPUT, stream_mode: ['values', 'updates'] };
    const { headers, text } = await alice('POST', '/runs/stream', body);
    const onThread = await streamOn(await newThread(), 'agent', body);
    expect(framesOf(text)).toEqual(framesOf(onThread.text));
    expect(headers.get('content-location')).toMatch(/^\/runs\/[0-9a-f-]{36}$/);
  });

  describe('of a resumable run that is joined again', () => {
    const BODY = { stream_mode: ['values', 'updates'], stream_resumable: true };
    let original: Answer;
    let path: string;
    beforeAll(async () => {
      original = await streamOn(await newThread(), 'agent', BODY);
      path = `${original.headers.get('content-location')}/stream`;
    });

    it('has no events where no Last-Event-ID is given, as the run has ended', async () => {
      expect(framesOf((await rejoin(path)).text)).toEqual([]);
    });

    it.each<[string, number]>([
      ['-1', 0],
      ['-', 0],
      ['0', 1],
      ['1', 2],
      ['2', 3],
      ['3', 4],
      ['99', 4],
    ])(
      'after Last-Event-ID %s is the original from event %d on, byte for byte',
      async (lastEventId, first) => {
        const { text } = await rejoin(path, lastEventId);
        expect(eventsIn(text)).toEqual(eventsIn(original.text).slice(first));
      },
    );

    it('has no events where the Last-Event-ID is none', async () => {
      expect(framesOf((await rejoin(path, 'abc')).text)).toEqual([]);
    });

    it('leaves out all modes but those that are asked for, and keeps metadata', async () => {
      const { text } = await rejoin(`${path}?stream_mode=updates`, '-1');
      expect(framesOf(text).map(({ id, event }) => [id, event])).toEqual([
        ['0', 'metadata'],
        ['2', 'updates'],
      ]);
    });
  });

  it('of a run that is not resumable is empty once it has ended', async () => {
    const { headers } = await streamOn(await newThread(), 'agent', {});
    const { text } = await rejoin(`${headers.get('content-location')}/stream`, '-1');
    expect(framesOf(text)).toEqual([]);
  });

  it('of a background run that is joined is the whole run', async () => {
    const threadId = await newThread();
    const body = { assistant_id: 'slow', input: { ms: 500 }, stream_mode: ['values', 'updates'] };
    const { headers } = await alice('POST', `/threads/${threadId}/runs`, body);
    const { text } = await rejoin(`${headers.get('content-location')}/stream`, '-1');
    expect(framesOf(text)).toEqual(
      numbered([
        BEGINNING,
        ['values', { ms: 500, done: 0 }],
        ['updates', { step: { done: 1 } }],
        ['values', { ms: 500, done: 1 }],
      ]),
    );
  });

  it('of a run that is missing is one error event', async () => {
    const { status, text } = await rejoin(
      `/threads/${await newThread()}/runs/00000000-0000-4000-8000-000000000000/stream`,
    );
    expect(status).toBe(200);
    // No event of a log, so there is no id to go on after.
    expect(text.replaceAll(': heartbeat\n', '')).toBe(
      'event: error\ndata: {"error":"HTTPException","message":"404: Run not found"}\n\n',
    );
  });
});

function eventsIn(wire: string): string[] {
  return wire
    .replaceAll(': heartbeat\n', '')
    .split('\n\n')
    .filter((text) => text !== '');
}
