import { describe, expect, it } from '@jest/globals';
import {
  ForbiddenError,
  HandlerFaultError,
  NotAdmittedError,
  UnauthenticatedError,
  WiringError,
} from './errors.js';

describe('a refusal', () => {
  it('of nobody asks for a token, in words and in a header', () => {
    expect(new UnauthenticatedError()).toMatchObject({
      name: 'UnauthenticatedError',
      message: 'Unauthorized',
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(new UnauthenticatedError('bad key', {})).toMatchObject({ message: 'bad key', headers: {} });
  });

  it('of somebody says no more than it is told', () => {
    expect(new ForbiddenError()).toMatchObject({ name: 'ForbiddenError', message: 'Forbidden' });
    expect(new ForbiddenError('not today').message).toBe('not today');
  });

  it('of somebody who is not let in now has a status, headers where they are given, and the cause', () => {
    const cause = new Error('the counter is down');
    expect(new NotAdmittedError(503, 'Come again', { 'retry-after': '7' }, { cause })).toMatchObject({
      name: 'NotAdmittedError',
      status: 503,
      message: 'Come again',
      headers: { 'retry-after': '7' },
      cause,
    });
    expect(new NotAdmittedError(429, 'Come again').headers).toStrictEqual({});
  });

  it('because of a handler, or to start at all, has a name of its own', () => {
    expect(new HandlerFaultError('broken').name).toBe('HandlerFaultError');
    expect(new WiringError('no strategy').name).toBe('WiringError');
  });
});
