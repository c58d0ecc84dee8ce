import { describe, expect, it } from '@jest/globals';
import { NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';
import { WriteQueue } from './write.queue.js';

function rows(...channels: string[]): CheckpointRows {
  const place = { thread_id: 't', checkpoint_ns: '', version: '1', type: 'json', value: '1' };
  return { ...NO_ROWS, blobs: channels.map((channel) => ({ ...place, channel })) };
}

/** A queue whose writes take until they are let go. */
function queueWithGate() {
  const written: string[][] = [];
  const gates: ((error?: Error) => void)[] = [];
  const queue = new WriteQueue(
    ({ blobs }) =>
      new Promise((resolve, reject) => {
        written.push(blobs.map(({ channel }) => channel));
        gates.push((error) => (error ? reject(error) : resolve()));
      }),
  );
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { queue, written, gates, turn };
}

describe('the queue of a run', () => {
  it('writes together what comes in one turn', async () => {
    const { queue, written, gates, turn } = queueWithGate();
    const added = [queue.add(rows('a')), queue.add(rows('b', 'c'))];
    await turn();
    gates[0]?.();
    await Promise.all(added);
    expect(written).toEqual([['a', 'b', 'c']]);
  });

  it('writes together what comes while it is writing, in its order', async () => {
    const { queue, written, gates, turn } = queueWithGate();
    const first = queue.add(rows('a'));
    await turn();
    const more = [queue.add(rows('b')), queue.add(rows('c'))];
    expect(written).toEqual([['a']]);
    gates[0]?.();
    await turn();
    expect(written).toEqual([['a'], ['b', 'c']]);
    gates[1]?.();
    await Promise.all([first, ...more, queue.settled()]);
  });

  it('is settled when nothing waits', async () => {
    const { queue, gates, turn } = queueWithGate();
    await queue.settled();
    const added = queue.add(rows('a'));
    let isSettled = false;
    const settled = queue.settled().then(() => (isSettled = true));
    await turn();
    expect(isSettled).toBe(false);
    gates[0]?.();
    await Promise.all([added, settled]);
  });

  it('writes nothing any more after a fault, and tells it to all', async () => {
    const { queue, written, gates, turn } = queueWithGate();
    const fault = new Error('the disk is full');
    const first = queue.add(rows('a'));
    await turn();
    const second = queue.add(rows('b'));
    gates[0]?.(fault);
    await expect(first).rejects.toBe(fault);
    await expect(second).rejects.toBe(fault);
    await expect(queue.add(rows('c'))).rejects.toBe(fault);
    await expect(queue.settled()).rejects.toBe(fault);
    expect(written).toEqual([['a']]);
  });

  it('takes nothing once it is closed', async () => {
    const { queue, written } = queueWithGate();
    queue.close();
    await expect(queue.add(rows('a'))).rejects.toMatchObject({ name: 'RunEndedError' });
    expect(written).toEqual([]);
  });
});
