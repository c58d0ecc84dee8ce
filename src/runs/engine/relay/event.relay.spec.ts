import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { EventLog } from '../events/event.log.js';
import { TextEvent } from '../events/text.event.js';
import type { RunEvent } from '../run.engine.js';
import { EventRelay } from './event.relay.js';

function events(from: number, count: number, json = '""'): TextEvent[] {
  return Array.from({ length: count }, (_, index) => new TextEvent(from + index, 'custom', json));
}

describe('the relay of a run', () => {
  const running = new AbortController();
  let log: EventLog;
  let sent: number[][];
  const send = async (batch: readonly RunEvent[]) => void sent.push(batch.map(({ id }) => id));

  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    log = new EventLog();
    sent = [];
  });
  afterEach(() => void jest.restoreAllMocks());

  it('begins with what the log holds, and goes on with what comes', async () => {
    log.append(events(0, 3));
    const relay = new EventRelay(log, 0, send, running.signal);
    log.append(events(3, 2));
    await relay.settle();
    expect(sent.flat()).toEqual([0, 1, 2, 3, 4]);
    expect(relay.rest()).toEqual([]);
  });

  it('takes many events in batches', async () => {
    log.append(events(0, 1_200));
    await new EventRelay(log, 0, send, running.signal).settle();
    expect(sent.map((batch) => batch.length)).toEqual([500, 500, 200]);
  });

  it('sends again what could not be sent, in its order', async () => {
    let attempts = 0;
    const relay = new EventRelay(
      log,
      0,
      async (batch) => {
        attempts += 1;
        if (attempts === 1) throw new Error('no database');
        await send(batch);
      },
      running.signal,
    );
    log.append(events(0, 2));
    while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await relay.settle();
    expect(sent).toEqual([[0, 1]]);
  });

  it('leaves what it cannot send in the end to whoever records the end', async () => {
    log.append(events(0, 2));
    const relay = new EventRelay(log, 0, () => Promise.reject(new Error('no database')), running.signal);
    await relay.settle();
    expect(relay.rest().map(({ id }) => id)).toEqual([0, 1]);
  });

  it('lets a run wait that says more than can be sent, until it is sent', async () => {
    const release: (() => void)[] = [];
    const relay = new EventRelay(
      log,
      0,
      () => new Promise((resolve) => release.push(resolve)),
      running.signal,
    );
    const long = JSON.stringify('x'.repeat(5_000_000));
    log.append(events(0, 1, long));
    const waiting = relay.noted(long.length);
    expect(waiting).toBeInstanceOf(Promise);
    await new Promise((resolve) => setTimeout(resolve, 10));
    release[0]();
    await waiting;
    expect(relay.noted(10)).toBeUndefined();
    await relay.settle();
  });

  it('lets nobody wait for it once the run is told to stop', async () => {
    const stopping = new AbortController();
    const relay = new EventRelay(log, 0, () => new Promise(() => undefined), stopping.signal);
    const waiting = relay.noted(5_000_000);
    stopping.abort();
    await waiting;
    expect(relay.noted(5_000_000)).toBeUndefined();
  });
});
