import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';
import { WriteQueue } from './write.queue.js';

function rows(...channels: string[]): CheckpointRows {
  const place = { thread_id: 't', checkpoint_ns: '', version: '1', type: 'json', value: '1' };
  return { ...NO_ROWS, blobs: channels.map((channel) => ({ ...place, channel })) };
}

/** A queue whose writes take until they are let go. */
function queueWithGate(pauseMs = 1) {
  const written: string[][] = [];
  const gates: ((error?: Error) => void)[] = [];
  const write = ({ blobs }: CheckpointRows): Promise<void> =>
    new Promise((resolve, reject) => {
      written.push(blobs.map(({ channel }) => channel));
      gates.push((error) => (error ? reject(error) : resolve()));
    });
  return { queue: new WriteQueue(write, { pauseMs }), written, gates };
}

/** Resolves when so many writes have begun, the fault of a test that they never do. */
async function begun(written: readonly unknown[], count: number): Promise<void> {
  for (let tries = 0; written.length < count; tries++) {
    if (tries === 1_000) throw new Error(`${written.length} of ${count} writes have begun`);
    await sleep(1);
  }
}

/** Longer than any test takes: only who waits for a write makes it begin. */
const NEVER_MS = 60_000;

describe('the queue of a run', () => {
  it('writes together what comes shortly after each other', async () => {
    const { queue, written, gates } = queueWithGate();
    const added = [queue.add(rows('a')), queue.add(rows('b', 'c'))];
    await begun(written, 1);
    gates[0]?.();
    await Promise.all(added);
    expect(written).toEqual([['a', 'b', 'c']]);
  });

  it('writes together what comes while it is writing, in its order', async () => {
    const { queue, written, gates } = queueWithGate();
    const first = queue.add(rows('a'));
    await begun(written, 1);
    const more = [queue.add(rows('b')), queue.add(rows('c'))];
    expect(written).toEqual([['a']]);
    gates[0]?.();
    await begun(written, 2);
    expect(written).toEqual([['a'], ['b', 'c']]);
    gates[1]?.();
    await Promise.all([first, ...more, queue.settled()]);
  });

  it('waits no longer as soon as somebody wants all to be written', async () => {
    const { queue, written, gates } = queueWithGate(NEVER_MS);
    const first = queue.add(rows('a'));
    const settled = queue.settled();
    await begun(written, 1);
    const second = queue.add(rows('b'));
    gates[0]?.();
    await begun(written, 2);
    gates[1]?.();
    await Promise.all([first, second, settled]);
    expect(written).toEqual([['a'], ['b']]);
  });

  it('does not wait for ever for a graph that goes on writing', async () => {
    const { queue, written, gates } = queueWithGate(20);
    const added = [queue.add(rows('first'))];
    while (written.length === 0 && added.length < 1_000) {
      await sleep(2);
      added.push(queue.add(rows('more')));
    }
    expect(written[0]).toContain('first');
    gates[0]?.();
    const settled = queue.settled();
    await begun(written, 2);
    gates[1]?.();
    await Promise.all([...added, settled]);
    expect(written.flat()).toHaveLength(added.length);
  });

  it('hands over what waits, and writes it no more', async () => {
    const { queue, written } = queueWithGate(NEVER_MS);
    const added = queue.add(rows('a', 'b'));
    expect(await queue.remainder()).toEqual(rows('a', 'b'));
    await Promise.all([added, queue.settled()]);
    expect(await queue.remainder()).toBe(NO_ROWS);
    expect(written).toEqual([]);
  });

  it('gathers again after somebody has waited', async () => {
    const { queue, written, gates } = queueWithGate(NEVER_MS);
    const first = queue.add(rows('a'));
    const settled = queue.settled();
    await begun(written, 1);
    gates[0]?.();
    await Promise.all([first, settled]);
    const second = queue.add(rows('b'));
    await sleep(5);
    expect(await queue.remainder()).toEqual(rows('b'));
    await second;
    expect(written).toEqual([['a']]);
  });

  it('ends a write that is under way before it hands over what waits behind it', async () => {
    const { queue, written, gates } = queueWithGate();
    const first = queue.add(rows('a'));
    await begun(written, 1);
    const second = queue.add(rows('b'));
    let handedOver: CheckpointRows | undefined;
    const remainder = queue.remainder().then((left) => (handedOver = left));
    await sleep(5);
    expect(handedOver).toBeUndefined();
    gates[0]?.();
    await Promise.all([first, second, remainder]);
    expect(handedOver).toEqual(rows('b'));
    expect(written).toEqual([['a']]);
  });

  it('is settled when nothing waits', async () => {
    const { queue, written, gates } = queueWithGate();
    await queue.settled();
    const added = queue.add(rows('a'));
    let isSettled = false;
    const settled = queue.settled().then(() => (isSettled = true));
    await begun(written, 1);
    expect(isSettled).toBe(false);
    gates[0]?.();
    await Promise.all([added, settled]);
  });

  it('writes and hands over nothing any more after a fault, and tells it to all', async () => {
    const { queue, written, gates } = queueWithGate();
    const fault = new Error('the disk is full');
    const first = queue.add(rows('a'));
    await begun(written, 1);
    const second = queue.add(rows('b'));
    gates[0]?.(fault);
    await expect(first).rejects.toBe(fault);
    await expect(second).rejects.toBe(fault);
    await expect(queue.add(rows('c'))).rejects.toBe(fault);
    await expect(queue.settled()).rejects.toBe(fault);
    await expect(queue.remainder()).rejects.toBe(fault);
    expect(written).toEqual([['a']]);
  });

  it('takes nothing once it is closed', async () => {
    const { queue, written } = queueWithGate();
    queue.close();
    await expect(queue.add(rows('a'))).rejects.toMatchObject({ name: 'RunEndedError' });
    expect(written).toEqual([]);
  });
});
