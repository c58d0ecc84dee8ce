import { describe, expect, it } from '@jest/globals';
import { HttpException, NotFoundException } from '@nestjs/common';
import { ForbiddenError, NotAdmittedError, ScopeMissingError, UnauthenticatedError } from './errors.js';
import { faultAnswerOf, toAnswer, type FaultAnswer } from './fault.answer.js';
import { HandlerAnswer } from './handler.answer.js';

const thrown = (headers: Record<string, string>): HandlerAnswer =>
  new HandlerAnswer(402, 'pay', headers, undefined);

describe('the answer to a fault', () => {
  it.each<[string, unknown, FaultAnswer]>([
    [
      'nobody asked',
      new UnauthenticatedError(),
      { status: 401, detail: 'Unauthorized', headers: { 'www-authenticate': 'Bearer' } },
    ],
    [
      'somebody is not let in now',
      new NotAdmittedError(429, 'Come again', { 'retry-after': '7' }),
      { status: 429, detail: 'Come again', headers: { 'retry-after': '7' } },
    ],
    ['it is refused', new ForbiddenError('not today'), { status: 403, detail: 'not today', headers: {} }],
    ['Nest has one', new NotFoundException('no paper'), { status: 404, detail: 'no paper', headers: {} }],
    [
      'Nest has one with a detail',
      new HttpException({ detail: 'no paper', message: 'Gone' }, 410),
      { status: 410, detail: 'no paper', headers: {} },
    ],
    [
      'Nest has one with a detail that is no text',
      new HttpException({ detail: ['no paper'], message: 'Gone' }, 410),
      { status: 410, detail: 'Gone', headers: {} },
    ],
    [
      'Nest has one of text',
      new HttpException('no paper', 410),
      { status: 410, detail: 'no paper', headers: {} },
    ],
    [
      'Nest has one of nothing',
      new HttpException(null as unknown as string, 410),
      { status: 410, detail: 'Http Exception', headers: {} },
    ],
    [
      'a handler has thrown one',
      thrown({ 'x-plan': 'free' }),
      { status: 402, detail: 'pay', headers: { 'x-plan': 'free' } },
    ],
  ])('is told where %s', (_, fault, answer) => {
    expect(faultAnswerOf(fault)).toStrictEqual(answer);
  });

  it.each<[string, unknown]>([
    ['an error', new Error('postgres://user:password@host')],
    ['a missing scope', new ScopeMissingError('no scope')],
    ['nothing', undefined],
  ])('is none for %s', (_, fault) => {
    expect(faultAnswerOf(fault)).toBeUndefined();
  });

  it.each(['Content-Length', 'content-type', 'Transfer-Encoding', 'connection', 'not a name', ''])(
    'leaves out the header "%s" that a handler has thrown, and keeps the others',
    (name) => {
      expect(faultAnswerOf(thrown({ [name]: '1', 'x-plan': 'free' }))?.headers).toStrictEqual({
        'x-plan': 'free',
      });
    },
  );

  it('leaves out a header whose value cannot be sent', () => {
    expect(faultAnswerOf(thrown({ 'x-plan': 'free\r\nset-cookie: a=b' }))?.headers).toStrictEqual({});
  });

  it.each([
    [403, '', 'Forbidden'],
    [599, '', 'Error'],
    [403, 'not today', 'not today'],
  ])('of status %d and text "%s" says "%s"', (status, detail, said) => {
    expect(toAnswer(status, detail)).toStrictEqual({ status, detail: said, headers: {} });
  });
});
