import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { ScopeMissingError } from '../../on-auth/errors.js';
import { errorPayload } from './error.payload.js';

class OutOfCoffeeError extends Error {}

describe('errorPayload', () => {
  const cases: [string, unknown, string, string][] = [
    ['an error', new RangeError('too far'), 'RangeError', 'too far'],
    ['an error of a class of its own', new OutOfCoffeeError('no coffee'), 'OutOfCoffeeError', 'no coffee'],
    ['an aborted signal', AbortSignal.abort().reason, 'AbortError', 'This operation was aborted'],
    ['a stored error', { name: 'RangeError', message: 'too far' }, 'RangeError', 'too far'],
    ['text', 'broken', 'Error', 'broken'],
    ['an object with a message', { message: 'broken' }, 'Error', 'broken'],
    ['anything else', 5, 'Error', 'The graph threw something that is no error'],
    ['a message that PostgreSQL cannot store', new Error('a\0b'), 'Error', 'a\uFFFDb'],
  ];
  it.each(cases)('names the class and the message of %s', (_, thrown, error, message) => {
    expect(errorPayload(thrown)).toEqual({ error, message });
  });

  it.each([
    new QueryFailedError('SELECT secret FROM thread', [], new Error('no such table: thread')),
    new ScopeMissingError('no decision for threads'),
  ])('does not tell the text of a fault of the server: %s', (fault) => {
    expect(errorPayload(fault)).toEqual({ error: 'InternalServerError', message: 'Internal Server Error' });
  });
});
