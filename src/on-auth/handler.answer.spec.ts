import { describe, expect, it } from '@jest/globals';
import { HandlerAnswer, toHandlerAnswer } from './handler.answer.js';

class HTTPException extends Error {
  readonly headers?: unknown;
  constructor(
    readonly status: unknown,
    options: { message?: string; headers?: unknown } = {},
  ) {
    super(options.message);
    if ('headers' in options) this.headers = options.headers;
  }
}

describe('an exception of the SDK', () => {
  it('is an answer with its status, text and headers', () => {
    const thrown = new HTTPException(418, { message: 'teapot', headers: { 'x-why': 'tea', 'x-not': 1 } });
    const answer = toHandlerAnswer(thrown);
    expect(answer).toBeInstanceOf(HandlerAnswer);
    expect(answer).toMatchObject({
      name: 'HandlerAnswer',
      status: 418,
      message: 'teapot',
      headers: { 'x-why': 'tea' },
      cause: thrown,
    });
    expect(answer?.headers).toStrictEqual({ 'x-why': 'tea' });
  });

  it.each<[string, unknown, object]>([
    ['a list of headers', new Headers({ 'X-Why': 'tea' }), { 'x-why': 'tea' }],
    ['no headers', undefined, {}],
    ['null', null, {}],
    ['text', 'x-why: tea', {}],
  ])('has the headers of %s', (_, headers, expected) => {
    expect(toHandlerAnswer(new HTTPException(400, { headers }))?.headers).toStrictEqual(expected);
  });

  it('may have no headers at all', () => {
    const bare = Object.assign(new (class HTTPException extends Error {})('gone'), { status: 410 });
    expect(toHandlerAnswer(bare)).toMatchObject({ status: 410, headers: {} });
  });

  it.each([400, 599])('has the status of an error: %d', (status) => {
    expect(toHandlerAnswer(new HTTPException(status))?.status).toBe(status);
  });

  it.each([[399], [600], [400.5], ['400'], [undefined], [NaN]])('is no answer with status %p', (status) => {
    expect(toHandlerAnswer(new HTTPException(status))).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['an error of another class', Object.assign(new Error('no'), { status: 404 })],
    ['one without a status', new (class HTTPException extends Error {})('no')],
    [
      'what is no error',
      new (class HTTPException {
        readonly status = 404;
      })(),
    ],
    ['text', 'HTTPException'],
    ['nothing', undefined],
  ])('is not %s', (_, thrown) => {
    expect(toHandlerAnswer(thrown)).toBeUndefined();
  });
});
