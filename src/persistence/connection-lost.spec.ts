import { describe, expect, it } from '@jest/globals';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { isConnectionLost } from './connection-lost.js';
import { DatabaseUnreachableError } from './database-unreachable.error.js';

const failed = (fault: Error) => new QueryFailedError('SELECT 1', [], fault);
const withCode = (code: string) => Object.assign(new Error('fault'), { code });

describe('isConnectionLost', () => {
  it.each([
    ['a server that was told to stop', failed(withCode('57P01'))],
    ['a server of which a part has crashed', failed(withCode('57P02'))],
    ['a server that is starting', failed(withCode('57P03'))],
    ['a fault of the connection', failed(withCode('08006'))],
    ['a socket that was cut', failed(withCode('ECONNRESET'))],
    ['what the driver notices', failed(new Error('Connection terminated unexpectedly'))],
    ['a connection that cannot be made', new DatabaseUnreachableError(withCode('ECONNREFUSED'))],
    ['a connection that was lost between two statements', new QueryRunnerAlreadyReleasedError()],
  ])('is true of %s', (_, fault) => expect(isConnectionLost(fault)).toBe(true));

  it.each([
    ['a statement that is wrong', failed(withCode('42601'))],
    ['a row that is there already', failed(withCode('23505'))],
    ["a connection of a graph's own", withCode('ECONNREFUSED')],
    ['anything else', new Error('Connection terminated unexpectedly')],
  ])('is false of %s', (_, fault) => expect(isConnectionLost(fault)).toBe(false));
});
