import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { RunSignal } from '../run.signals.js';
import { SignalOutbox } from './signal.outbox.js';

const ended = (runId: string): RunSignal => ({ kind: 'ended', runId });

describe('the outbox of signals', () => {
  beforeEach(() => void jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined));
  afterEach(() => void jest.restoreAllMocks());

  it('sends together what one request publishes, and each thing once', async () => {
    const sent: (readonly RunSignal[])[] = [];
    const outbox = new SignalOutbox(async (signals) => void sent.push(signals));
    for (const runId of ['a', 'b', 'a']) outbox.add(ended(runId));
    await outbox.emptied();
    expect(sent).toEqual([[ended('a'), ended('b')]]);
  });

  it('gathers what comes while something is on its way', async () => {
    const sent: string[][] = [];
    const outbox = new SignalOutbox(async (signals) => {
      sent.push(signals.map((signal) => ('runId' in signal ? signal.runId : '')));
      if (sent.length === 1) for (const runId of ['b', 'c']) outbox.add(ended(runId));
    });
    outbox.add(ended('a'));
    await outbox.emptied();
    expect(sent).toEqual([['a'], ['b', 'c']]);
  });

  it('goes on after a failure, and says so once', async () => {
    let attempts = 0;
    const outbox = new SignalOutbox(async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('no database');
    });
    for (const runId of ['a', 'b', 'c']) {
      outbox.add(ended(runId));
      await outbox.emptied();
    }
    expect(attempts).toBe(3);
    expect(Logger.prototype.warn).toHaveBeenCalledTimes(1);
  });

  it('keeps no more than it can, while nothing is taken', async () => {
    let go = (): void => undefined;
    const counts: number[] = [];
    const outbox = new SignalOutbox((signals) => {
      counts.push(signals.length);
      return counts.length === 1 ? new Promise((resolve) => (go = resolve)) : Promise.resolve();
    });
    outbox.add(ended('first'));
    await Promise.resolve();
    await Promise.resolve();
    for (let run = 0; run < 20_000; run++) outbox.add(ended(String(run)));
    go();
    await outbox.emptied();
    expect(counts).toEqual([1, 10_000]);
  });
});
