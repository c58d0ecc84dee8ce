import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { lateJsonAnswer } from '../../../src/http/late-json.writer.js';
import { aborted, startAnswers, type AnswersApplication } from './answers.application.js';

describe('JSON that takes its time', () => {
  let server: AnswersApplication;
  beforeAll(async () => {
    server = await startAnswers();
  });
  afterAll(() => server.stop());

  const get = (name: string, init?: RequestInit) => fetch(`${server.url}/answers/${name}`, init);

  it('sends its headers at once and line breaks until it is there', async () => {
    const abort = new AbortController();
    const late = async () => {
      await pause(60);
      return { messages: [] };
    };
    server.answer('late', () => lateJsonAnswer(late(), { abort, keepAliveMs: 15 }));
    const response = await get('late');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^\n{2,}\{"messages":\[\]\}$/);
    expect(JSON.parse(text)).toEqual({ messages: [] });
  });

  it.each([null, 0, 'text', [], undefined])('is JSON for %j', async (value) => {
    server.answer('value', () => lateJsonAnswer(Promise.resolve(value), { abort: new AbortController() }));
    expect(await (await get('value')).json()).toEqual(value ?? null);
  });

  it('tells of a failure without giving anything away', async () => {
    const failure = async () => Promise.reject(new Error('secret'));
    server.answer('failed', () => lateJsonAnswer(failure(), { abort: new AbortController() }));
    expect(await (await get('failed')).json()).toEqual({
      __error__: { error: 'InternalServerError', message: 'Internal Server Error' },
    });
  });

  it('notices a client that goes away', async () => {
    const abort = new AbortController();
    const onDisconnect = jest.fn();
    server.answer('left', () => lateJsonAnswer(aborted(abort.signal), { abort, onDisconnect }));
    const leaving = new AbortController();
    await get('left', { signal: leaving.signal });
    leaving.abort();
    await aborted(abort.signal);
    expect(onDisconnect).toHaveBeenCalledTimes(1);
  });
});
