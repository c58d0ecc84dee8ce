import { describe, expect, it } from '@jest/globals';
import { ForbiddenError, HandlerFaultError, UnauthenticatedError } from './errors.js';

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

  it('because of a handler has a name of its own', () => {
    expect(new HandlerFaultError('broken').name).toBe('HandlerFaultError');
  });
});
