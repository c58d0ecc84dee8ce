import { describe, expect, it } from '@jest/globals';
import { FifoLock } from '../../../src/persistence/sqlite3/fifo.lock.js';

const patience = (timeoutMs: number) => ({
  timeoutMs,
  onTimeout: (heldMs: number) => new Error(`held for ${heldMs >= timeoutMs - 1 ? 'long' : 'a moment'}`),
});

describe('the FIFO lock', () => {
  it('is handed over in the order in which the callers asked', async () => {
    const lock = new FifoLock();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, caller) => {
        const release = await lock.acquire();
        await Promise.resolve();
        order.push(caller);
        release();
      }),
    );
    expect(order).toEqual(Array.from({ length: 100 }, (_, caller) => caller));
  });

  it('has one holder at a time', async () => {
    const lock = new FifoLock();
    let holders = 0;
    let most = 0;
    const visit = async () => {
      const release = await lock.acquire();
      most = Math.max(most, ++holders);
      await new Promise(setImmediate);
      holders--;
      release();
    };
    await Promise.all(Array.from({ length: 20 }, visit));
    expect(most).toBe(1);
  });

  it('counts the holder and those who wait', async () => {
    const lock = new FifoLock();
    expect(lock.load).toBe(0);
    const release = await lock.acquire();
    const next = lock.acquire();
    expect(lock.load).toBe(2);
    release();
    (await next)();
    expect(lock.load).toBe(0);
  });

  it('turns a caller away when its time is over, and tells how long the holder has had it', async () => {
    const lock = new FifoLock();
    await lock.acquire();
    await expect(lock.acquire(patience(20))).rejects.toThrow('held for long');
    expect(lock.load).toBe(1);
  });

  it('passes over a caller that gave up', async () => {
    const lock = new FifoLock();
    const release = await lock.acquire();
    const impatient = lock.acquire(patience(10));
    const patient = lock.acquire(patience(5_000));
    await expect(impatient).rejects.toThrow();
    release();
    (await patient)();
    expect(lock.load).toBe(0);
  });

  it('ignores a second release, which would let two callers in', async () => {
    const lock = new FifoLock();
    const release = await lock.acquire();
    const second = lock.acquire();
    const third = lock.acquire();
    release();
    release();
    await second;
    expect(lock.load).toBe(2);
    await expect(Promise.race([third, Promise.resolve('still waiting')])).resolves.toBe('still waiting');
  });
});
