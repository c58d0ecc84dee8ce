import { UnprocessableEntityException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { cancelRuns, cancelThreadRun } from '../../../src/runs/dto/cancel-run.dto.js';
import { listRuns } from '../../../src/runs/dto/list-runs.dto.js';
import { joinThreadRun, readRun, streamThreadRun } from '../../../src/runs/dto/run-id.dto.js';
import { parsePrincipal } from '../../../src/on-auth/index.js';
import { RUN_ID, THREAD_ID, parsed } from './run.request.js';

const alice = parsePrincipal('alice')!;
const params = { thread_id: THREAD_ID, run_id: RUN_ID };

describe('a route to one run', () => {
  it.each(['thread_id', 'run_id'])('refuses a %s that is none', async (field) => {
    await expect(parsed(readRun, { params: { ...params, [field]: 'xyz' } })).rejects.toThrow(
      UnprocessableEntityException,
    );
  });

  it('compares ids in lower case', async () => {
    const upper = { thread_id: THREAD_ID.toUpperCase(), run_id: RUN_ID.toUpperCase() };
    expect(await parsed(readRun, { params: upper })).toMatchObject(params);
  });

  it.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
    ['', false],
    [undefined, false],
  ])('reads cancel_on_disconnect=%s as %s', async (raw, cancels) => {
    const request = await parsed(joinThreadRun, { params, query: { cancel_on_disconnect: raw } });
    expect(request.cancelsOnDisconnect).toBe(cancels);
  });
});

describe('joining a stream', () => {
  const join = (query: object, headers: Record<string, string> = {}) =>
    parsed(streamThreadRun, { params, query, headers });

  it.each([
    ['-1', { live: false }],
    ['-', { live: false }],
    ['0', { after: 0 }],
    ['41', { after: 41 }],
    ['999999999999999', { after: 999_999_999_999_999 }],
    ['abc', { live: true }],
    ['-5', { live: true }],
    ['1e9', { live: true }],
    ['99999999999999999999', { live: true }],
  ])('takes up at Last-Event-ID %s (abuse case 56)', async (id, position) => {
    expect((await join({}, { 'last-event-id': id })).position).toEqual(position);
  });

  it('begins with what happens now without a Last-Event-ID', async () => {
    expect((await join({})).position).toEqual({ live: true });
  });

  it.each([
    ['["values","updates"]', ['values', 'updates']],
    [
      ['values', 'updates'],
      ['values', 'updates'],
    ],
    ['values,updates', ['values', 'updates']],
    ['values', ['values']],
    ['', []],
  ])('takes stream_mode as every client writes it: %j', async (stream_mode, modes) => {
    expect((await join({ stream_mode })).streamModes).toEqual(modes);
  });

  it('refuses a stream mode that is none', async () => {
    await expect(join({ stream_mode: 'nope' })).rejects.toThrow('stream_mode');
  });
});

describe('listing runs', () => {
  const list = (query: object) => parsed(listRuns, { params, query });

  it('gives ten from the first on, unless asked otherwise', async () => {
    expect(await list({ limit: '', offset: '', status: '', select: '' })).toMatchObject({
      limit: 10,
      offset: 0,
    });
  });

  it.each([
    { limit: 'abc' },
    { limit: '0' },
    { limit: '1001' },
    { offset: '-1' },
    { status: 'busy' },
    { select: 'principal' },
    { select: '["run_id","decision"]' },
  ])('refuses %j', async (query) => {
    await expect(list(query)).rejects.toThrow(Object.keys(query)[0]);
  });

  it('has the value of threads:search, with the thread and the status asked for', async () => {
    const request = await list({ limit: '5', status: 'error', metadata: '{"k":1}' });
    expect(listRuns.value(request, alice)).toEqual({
      thread_id: THREAD_ID,
      limit: 5,
      offset: 0,
      status: 'error',
    });
  });
});

describe('cancelling runs', () => {
  it('reads wait=0 as no', async () => {
    const request = await parsed(cancelThreadRun, { params, query: { wait: '0', action: 'rollback' } });
    expect(request).toMatchObject({ wait: false, action: 'rollback' });
  });

  it('refuses an action that is none', async () => {
    await expect(parsed(cancelThreadRun, { params, query: { action: 'bad' } })).rejects.toThrow('action');
  });

  it('has the value of threads:update, with the runs in its metadata', async () => {
    const request = await parsed(cancelThreadRun, { params, query: {} });
    expect(cancelThreadRun.value(request, alice)).toEqual({
      thread_id: THREAD_ID,
      action: 'interrupt',
      metadata: { run_ids: [RUN_ID], status: 'pending' },
    });
  });

  it.each([
    [{}, 'run_ids or status'],
    [{ thread_id: THREAD_ID }, 'run_ids or status'],
    [{ run_ids: [] }, 'run_ids'],
    [{ run_ids: ['x'] }, 'run_ids'],
    [{ run_ids: 'x' }, 'run_ids'],
    [{ status: 'success' }, 'status'],
    [{ status: 'all', thread_id: 'x' }, 'thread_id'],
  ])('in bulk refuses %j', async (body, named) => {
    await expect(parsed(cancelRuns, { body })).rejects.toThrow(named);
  });

  it('in bulk has no thread in its value where all threads are meant', async () => {
    const request = await parsed(cancelRuns, { body: { status: 'all' } });
    expect(cancelRuns.value(request, alice)).toEqual({
      action: 'interrupt',
      metadata: { run_ids: [], status: 'all' },
    });
  });
});
