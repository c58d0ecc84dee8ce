import { describe, expect, it } from '@jest/globals';
import { whenThere } from './eventual.js';

const twice = (value: number): number => 2 * value;
const refuse = (): never => {
  throw new RangeError('refused');
};

describe('a value that is there', () => {
  it('is gone on with at once', () => {
    expect(whenThere(2, twice)).toBe(4);
    expect(whenThere(undefined, () => 'nothing')).toBe('nothing');
    expect(whenThere(null, () => 'nothing')).toBe('nothing');
    expect(whenThere({ then: 'later' }, ({ then }) => then)).toBe('later');
  });

  it('is refused at once', () => {
    expect(() => whenThere(2, refuse)).toThrow(RangeError);
  });

  it('may lead to one that is not there yet', async () => {
    expect(await whenThere(2, (value) => Promise.resolve(twice(value)))).toBe(4);
  });
});

describe('a value that will be there', () => {
  it.each<[string, PromiseLike<number>]>([
    ['a promise', Promise.resolve(2)],
    ['a promise of somebody else', { then: (done) => Promise.resolve(2).then(done) }],
  ])('is gone on with when it is: %s', async (_, value) => {
    const doubled = whenThere(value, twice);
    expect(doubled).toBeInstanceOf(Promise);
    expect(await doubled).toBe(4);
  });

  it('is refused as a promise', async () => {
    await expect(whenThere(Promise.resolve(2), refuse)).rejects.toThrow(RangeError);
    await expect(whenThere(Promise.reject(new TypeError('gone')), twice)).rejects.toThrow(TypeError);
  });
});
