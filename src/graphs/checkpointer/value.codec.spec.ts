import { describe, expect, it } from '@jest/globals';
import { AIMessage } from '@langchain/core/messages';
import { JsonPlusSerializer } from '@langchain/langgraph-checkpoint';
import { ValueCodec } from './value.codec.js';

const codec = new ValueCodec(new JsonPlusSerializer());

describe('the codec of values', () => {
  const values: [string, unknown][] = [
    ['text with what PostgreSQL does not take in text', 'a\0b \ud800 😀'],
    ['bytes', new Uint8Array([0, 255, 128])],
    ['bytes within an object', { bytes: new Uint8Array([0, 255]) }],
    ['maps and sets', { map: new Map([['a', 1]]), set: new Set([1]) }],
    ['null', null],
    ['an object', { a: [1, 'x', false, null] }],
  ];
  it.each(values)('gives back %s', async (_, value) => {
    expect(await codec.decode(await codec.encode(value))).toEqual(value);
  });

  it.each(values)('writes %s as text that both databases store', async (_, value) => {
    const { value: text } = await codec.encode(value);
    expect(text.isWellFormed() && !text.includes('\0')).toBe(true);
  });

  it('gives back messages as messages', async () => {
    const decoded = await codec.decode(await codec.encode([new AIMessage({ content: 'hi', id: '1' })]));
    expect((decoded as unknown[])[0]).toBeInstanceOf(AIMessage);
  });

  it('does not take secrets from the environment for what a client wrote', async () => {
    const secret = { lc: 1, type: 'secret', id: ['PATH'] };
    const message = {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'HumanMessage'],
      kwargs: { content: secret },
    };
    const decode = codec.encode({ message }).then((stored) => codec.decode(stored));
    await expect(decode).rejects.toThrow('Missing secret');
  });
});
