import { describe, expect, it } from '@jest/globals';
import { EventLog } from './event.log.js';
import { TextEvent } from './text.event.js';

function events(from: number, count: number, json = '""'): TextEvent[] {
  return Array.from({ length: count }, (_, index) => new TextEvent(from + index, 'custom', json));
}

function ids(log: EventLog, from: number): number[] | undefined {
  return log.from(from)?.map(({ id }) => id);
}

describe('the log of a live run', () => {
  it('gives what is there from an id on', () => {
    const log = new EventLog();
    log.append(events(0, 3));
    expect(ids(log, 0)).toEqual([0, 1, 2]);
    expect(ids(log, 2)).toEqual([2]);
    expect(ids(log, 3)).toEqual([]);
    expect(ids(log, 99)).toEqual([]);
    expect(log.nextId).toBe(3);
  });

  it('is empty before the first event', () => {
    const log = new EventLog();
    expect(ids(log, 0)).toEqual([]);
    expect(log.nextId).toBe(0);
  });

  it('may start in the middle, and knows that it does not hold what came before', () => {
    const log = new EventLog();
    log.startAt(7);
    log.append(events(7, 2));
    expect(ids(log, 6)).toBeUndefined();
    expect(ids(log, 7)).toEqual([7, 8]);
    expect([log.startId, log.nextId]).toEqual([7, 9]);
  });

  it('goes on after a gap, which a new attempt leaves', () => {
    const log = new EventLog();
    log.append(events(0, 3));
    log.append(events(1_000, 2));
    expect(ids(log, 1)).toEqual([1, 2, 1_000, 1_001]);
    for (const id of [3, 500, 1_000]) expect(ids(log, id)).toEqual([1_000, 1_001]);
    expect(ids(log, 1_002)).toEqual([]);
    expect(log.nextId).toBe(1_002);
  });

  it('knows that events were lost on their way to it', () => {
    const log = new EventLog();
    log.append(events(0, 3));
    log.loseUntil(10);
    log.append(events(10, 1));
    expect(ids(log, 3)).toBeUndefined();
    expect(ids(log, 10)).toEqual([10]);
    expect([log.startId, log.oldestId]).toEqual([0, 10]);
  });

  it('drops its oldest events when it is full, and never the newest', () => {
    const log = new EventLog(10_000);
    for (let id = 0; id < 50; id++) log.append(events(id, 1, JSON.stringify('x'.repeat(1_000))));
    expect(log.from(0)).toBeUndefined();
    expect(ids(log, 49)).toEqual([49]);
    expect(log.nextId).toBe(50);
    log.append(events(50, 1, JSON.stringify('x'.repeat(20_000))));
    expect(ids(log, 50)).toEqual([50]);
  });

  it('wakes those who wait when something comes, and when it is closed', async () => {
    const log = new EventLog();
    const { signal } = new AbortController();
    const first = log.changed(signal);
    log.append(events(0, 1));
    await first;
    const second = log.changed(signal);
    log.close();
    await second;
    expect(log.isClosed).toBe(true);
  });

  it('wakes those who do not want to wait any longer', async () => {
    const log = new EventLog();
    const reader = new AbortController();
    const woken = log.changed(reader.signal);
    reader.abort();
    await woken;
    await log.changed(reader.signal);
  });
});
