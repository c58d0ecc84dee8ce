import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client as CurrentClient } from '@langchain/langgraph-sdk';
import { Client as OlderClient } from 'langgraph-sdk-2';
import { EarlyEndError } from '../../../src/http/early-end.error.js';
import { frame, sseAnswer, type ServerSentEvent } from '../../../src/http/sse.writer.js';
import { aborted, requestContext, startAnswers, type AnswersApplication } from './answers.application.js';

const event = (id: number, name = 'values'): ServerSentEvent => ({ id, event: name, json: `{"n":${id}}` });

async function* inOrder(...events: ServerSentEvent[]): AsyncIterable<ServerSentEvent> {
  for (const next of events) yield await Promise.resolve(next);
}

describe('a server-sent event', () => {
  it('has a name, one line of data and its id', () => {
    expect(frame(event(3))).toBe('event: values\ndata: {"n":3}\nid: 3\n\n');
  });

  it('has no id when it is in no log', () => {
    expect(frame({ event: 'error', json: '{}' })).toBe('event: error\ndata: {}\n\n');
  });

  it.each(['a\nid: 9', 'a\r\ndata: x', 'a\rb', 'a\0b'])(
    'cannot be split by its name: %j (abuse case 58)',
    (name) => {
      expect(frame({ event: name, json: '1', id: 0 }).split(/\r\n|\r|\n/)).toHaveLength(5);
    },
  );

  it('cannot be split by its data (abuse case 58)', () => {
    expect(frame({ event: 'x', json: '{\n"a": 1\r\n}', id: 0 }).split(/\r\n|\r|\n/)).toHaveLength(5);
  });
});

describe('an event stream', () => {
  let server: AnswersApplication;
  beforeAll(async () => {
    server = await startAnswers();
  });
  afterAll(() => server.stop());

  const get = (name: string, init?: RequestInit) => fetch(`${server.url}/answers/${name}`, init);

  it('begins with a heartbeat, before anything has happened', async () => {
    const abort = new AbortController();
    const nothing = async function* (): AsyncIterable<ServerSentEvent> {
      await aborted(abort.signal);
      yield* inOrder();
    };
    server.answer('silent', () => sseAnswer(nothing(), { abort }));
    const response = await get('silent');
    const { value } = await response.body!.getReader().read();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(Buffer.from(value).toString()).toBe(': heartbeat\n');
    abort.abort();
  });

  it('gives every event and ends', async () => {
    server.answer('short', () => sseAnswer(inOrder(event(0), event(1)), { abort: new AbortController() }));
    const response = await get('short');
    expect(await response.text()).toBe(`: heartbeat\n${frame(event(0))}${frame(event(1))}`);
  });

  it('gives heartbeats in between, without a blank line after them', async () => {
    const slow = async function* (): AsyncIterable<ServerSentEvent> {
      yield event(0);
      await pause(60);
      yield event(1);
    };
    server.answer('slow', () => sseAnswer(slow(), { abort: new AbortController(), keepAliveMs: 20 }));
    const text = await (await get('slow')).text();
    expect(text).toMatch(/^: heartbeat\n[^]*id: 0\n\n(: heartbeat\n)+event: values\n[^]*id: 1\n\n$/);
  });

  it.each([
    ['current', CurrentClient],
    ['older', OlderClient],
  ])('looks the same to the %s SDK with heartbeats between the events', async (_, Client) => {
    const slow = async function* (): AsyncIterable<ServerSentEvent> {
      for (const id of [0, 1, 2]) {
        yield event(id);
        await pause(30);
      }
    };
    server.answer('sdk', () => sseAnswer(slow(), { abort: new AbortController(), keepAliveMs: 10 }));
    const client = new Client({ apiUrl: server.url, apiKey: null as never });
    const seen: unknown[] = [];
    for await (const part of client.runs.joinStream('sdk', 'run')) seen.push(part);
    expect(seen).toEqual([0, 1, 2].map((id) => ({ id: String(id), event: 'values', data: { n: id } })));
  });

  it('tells of a failure as an event that gives nothing away', async () => {
    const failing = async function* (): AsyncIterable<ServerSentEvent> {
      yield event(0);
      await Promise.reject(new Error('secret'));
    };
    server.answer('failing', () => sseAnswer(failing(), { abort: new AbortController() }));
    const text = await (await get('failing')).text();
    expect(text).toContain(
      'event: error\ndata: {"error":"InternalServerError","message":"Internal Server Error"}\n\n',
    );
    expect(text).not.toContain('secret');
  });

  it('says what the route makes of a failure', async () => {
    const failing = async function* (): AsyncIterable<ServerSentEvent> {
      yield await Promise.reject<ServerSentEvent>(new Error('too slow'));
    };
    const describeIt = (error: unknown) => ({ error: 'Lost', message: (error as Error).message });
    server.answer('told', () => sseAnswer(failing(), { abort: new AbortController(), describe: describeIt }));
    expect(await (await get('told')).text()).toContain('data: {"error":"Lost","message":"too slow"}');
  });

  it('breaks off where the client is to come back, and nobody takes that for a disconnect', async () => {
    const onDisconnect = jest.fn();
    const failing = async function* (): AsyncIterable<ServerSentEvent> {
      yield event(0);
      await pause(20);
      throw new Error('stopping');
    };
    server.answer('broken', () =>
      sseAnswer(failing(), { abort: new AbortController(), describe: () => null, onDisconnect }),
    );
    const response = await get('broken');
    await expect(response.text()).rejects.toThrow();
    expect(onDisconnect).not.toHaveBeenCalled();
  });

  it('notices a client that goes away, once, and ends the source', async () => {
    const abort = new AbortController();
    const onDisconnect = jest.fn(() => requestContext.getStore());
    const endless = async function* (): AsyncIterable<ServerSentEvent> {
      yield event(0);
      await aborted(abort.signal);
    };
    server.answer('left', () => sseAnswer(endless(), { abort, onDisconnect }));
    const leaving = new AbortController();
    const response = await get('left', { signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
    await aborted(abort.signal);
    await pause(20);
    expect(onDisconnect).toHaveBeenCalledTimes(1);
    expect(onDisconnect).toHaveReturnedWith('left');
  });

  it('does not take a complete answer for a disconnect', async () => {
    const onDisconnect = jest.fn();
    const abort = new AbortController();
    server.answer('complete', () => sseAnswer(inOrder(event(0)), { abort, onDisconnect }));
    await (await get('complete')).text();
    await aborted(abort.signal);
    expect(onDisconnect).not.toHaveBeenCalled();
  });

  it('does not take a HEAD request for a disconnect, and does not run on for it', async () => {
    const onDisconnect = jest.fn();
    const abort = new AbortController();
    const endless = async function* (): AsyncIterable<ServerSentEvent> {
      await aborted(abort.signal);
      yield event(0);
    };
    server.answer('head', () => sseAnswer(endless(), { abort, onDisconnect }));
    await get('head', { method: 'HEAD' });
    await aborted(abort.signal);
    expect(onDisconnect).not.toHaveBeenCalled();
  });

  it('reads its source in the context of the request', async () => {
    const stores = new Set<string | undefined>();
    const source = async function* (): AsyncIterable<ServerSentEvent> {
      for (let id = 0; id < 500; id++) {
        stores.add(requestContext.getStore());
        yield { id, event: 'values', json: JSON.stringify('x'.repeat(1000)) };
      }
      await pause(1);
    };
    server.answer('context', () => sseAnswer(source(), { abort: new AbortController() }));
    await (await get('context')).text();
    expect([...stores]).toEqual(['context']);
  });

  it('that loses its right to go on says so, sends nothing more and ends, and nobody takes that for a disconnect', async () => {
    const abort = new AbortController();
    const onDisconnect = jest.fn();
    const endless = async function* (): AsyncIterable<ServerSentEvent> {
      yield event(0);
      await aborted(abort.signal);
      yield event(1);
    };
    server.answer('lost', () => sseAnswer(endless(), { abort, onDisconnect }));
    const response = await get('lost');
    abort.abort(new EarlyEndError(401, 'Access was revoked'));
    abort.abort(new EarlyEndError(404));
    const farewell = {
      event: 'error',
      json: '{"error":"HTTPException","message":"401: Access was revoked"}',
    };
    expect(await response.text()).toBe(`: heartbeat\n${frame(event(0))}${frame(farewell)}`);
    expect(onDisconnect).not.toHaveBeenCalled();
  });

  it('that has lost its right before it begins says only that', async () => {
    const abort = new AbortController();
    abort.abort(new EarlyEndError(404));
    server.answer('never', () => sseAnswer(inOrder(event(0)), { abort }));
    const farewell = { event: 'error', json: '{"error":"HTTPException","message":"404: Not Found"}' };
    expect(await (await get('never')).text()).toBe(`: heartbeat\n${frame(farewell)}`);
  });

  it('that loses its right is cut off from a client that does not read', async () => {
    const abort = new AbortController();
    let produced = 0;
    const endless = async function* (): AsyncIterable<ServerSentEvent> {
      while (!abort.signal.aborted) {
        yield { id: produced++, event: 'values', json: JSON.stringify('x'.repeat(100_000)) };
        await pause(0);
      }
    };
    server.answer('deaf', () => sseAnswer(endless(), { abort }));
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const received: Buffer[] = [];
    socket.on('error', () => undefined);
    socket.write('GET /answers/deaf HTTP/1.1\r\nhost: x\r\n\r\n');
    await untilStill(() => produced);
    abort.abort(new EarlyEndError(401));
    await pause(1_000);
    // What was under way already cannot be called back; nothing follows, not even an end.
    socket.on('data', (piece) => received.push(piece)).resume();
    await closed;
    expect(Buffer.concat(received).toString()).not.toMatch(/event: error|\r\n0\r\n\r\n$/);
  });

  it('stops reading its source while the client does not read, and goes on when it does (abuse case 58)', async () => {
    const abort = new AbortController();
    let produced = 0;
    const endless = async function* (): AsyncIterable<ServerSentEvent> {
      while (!abort.signal.aborted) {
        yield { id: produced++, event: 'values', json: JSON.stringify('x'.repeat(10_000)) };
        if (produced % 100 === 0) await pause(0);
      }
    };
    server.answer('unread', () => sseAnswer(endless(), { abort, keepAliveMs: 5 }));
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
    socket.write('GET /answers/unread HTTP/1.1\r\nhost: x\r\n\r\n');
    const stalled = await untilStill(() => produced);
    expect(stalled).toBeGreaterThan(0);
    socket.resume();
    while (produced < stalled * 2) await pause(5);
    socket.destroy();
    await aborted(abort.signal);
  });
});

/** Waits until a number stays what it is. */
async function untilStill(read: () => number): Promise<number> {
  for (;;) {
    const before = read();
    await pause(150);
    if (before > 0 && read() === before) return before;
  }
}
