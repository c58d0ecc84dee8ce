import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { HandlerFaultError } from '../errors.js';
import { refusalOf } from './refusal.js';

describe('why there is no way past the guard', () => {
  it.each<[string, unknown, number, string]>([
    ['an answer', new NotFoundException('no paper'), 404, 'no paper'],
    ['a fault', new Error('broken'), 500, 'broken'],
    ['what is no error', 'broken', 500, 'broken'],
    ['nothing', undefined, 500, 'undefined'],
    [
      'a fault with a cause, which its answer keeps back',
      new HandlerFaultError('Policy.read failed', { cause: new Error('the directory is down') }),
      500,
      'Policy.read failed: the directory is down',
    ],
    [
      'a fault that tells its cause itself',
      new Error('failed: the directory is down', { cause: new Error('the directory is down') }),
      500,
      'failed: the directory is down',
    ],
    ['a fault whose cause is no error', new Error('failed', { cause: 'because' }), 500, 'failed'],
  ])('is told by status and message: %s', (_, error, status, message) => {
    expect(refusalOf(error)).toStrictEqual({ status, message });
  });
});
