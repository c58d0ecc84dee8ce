import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AIMessage } from '@langchain/core/messages';
import { Send } from '@langchain/langgraph';
import { JsonPlusSerializer } from '@langchain/langgraph-checkpoint';
import fc from 'fast-check';
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

describe('the short way of the codec for what is JSON', () => {
  const serializer = new JsonPlusSerializer();

  async function writtenBySerializer(value: unknown): Promise<string> {
    const [type, bytes] = await serializer.dumpsTyped(value);
    return `${type} ${new TextDecoder().decode(bytes)}`;
  }

  async function written(value: unknown): Promise<string> {
    const stored = await codec.encode(value);
    return `${stored.type} ${stored.value}`;
  }

  const cycle: Record<string, unknown> = {};
  cycle.itself = cycle;
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const holes = [1, , 2];
  /** Printed with its stack, or not to its end. */
  const incomparable = new Set(['errors', 'a cycle']);
  const special: [string, unknown][] = [
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined, b: [undefined] }],
    ['a list with holes', holes],
    ['no numbers', [NaN, Infinity, -0]],
    ['dates', { at: new Date(0) }],
    ['maps, sets and expressions', [new Map([[1, 2]]), new Set([1]), /a/g]],
    ['errors', [new Error('no')]],
    ['a message', { messages: [new AIMessage({ content: 'hi', id: '1' })] }],
    ['something to send', [new Send('node', { a: 1 })]],
    ['what looks like something to send', { lg_name: 'Send', node: 'node', args: 1, more: 2 }],
    ['what looks like something serialized', { lc: 2, type: 'constructor', id: ['Set'], args: [[1]] }],
    ['a cycle', cycle],
    ['great depth', nested(300)],
    ['what says how it is written', { toJSON: () => 'so' }],
    ['objects without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['a function', { f: () => 1, g: [() => 1] }],
    ['lone surrogates', ['\ud800', { '\udfff': '\0' }]],
  ];

  it.each(special)('writes %s as the serializer does, and gives back the same', async (_, value) => {
    const text = await writtenBySerializer(value);
    expect(await written(value)).toBe(text);
    const [type, json] = [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1)];
    expect(await codec.decode({ type, value: json })).toEqual(await serializer.loadsTyped(type, json));
  });

  it('writes whatever is made of such values as the serializer does, and gives back the same', async () => {
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...special.flatMap(([name, value]) => (incomparable.has(name) ? [] : [value]))),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.oneof(fc.string(), fc.constantFrom('lc', 'type', '__proto__', 'lg_name')),
          tie('tree'),
          {
            maxKeys: 4,
          },
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        const text = await writtenBySerializer(value);
        expect(await written(value)).toBe(text);
        if (!text.startsWith('json ')) return;
        const json = text.slice('json '.length);
        const [mine, theirs] = await Promise.allSettled([
          codec.decode({ type: 'json', value: json }),
          serializer.loadsTyped('json', json) as Promise<unknown>,
        ]);
        expect(mine.status).toBe(theirs.status);
        if (mine.status === 'fulfilled' && theirs.status === 'fulfilled')
          expect(inspect(mine.value, { depth: null })).toBe(inspect(theirs.value, { depth: null }));
      }),
      { numRuns: 500 },
    );
  });

  it('is not taken for other serializers, those made of LangGraph’s included', async () => {
    class Shouting extends JsonPlusSerializer {
      override async dumpsTyped(): Promise<[string, Uint8Array]> {
        return super.dumpsTyped('HA');
      }
      override loadsTyped(): Promise<string> {
        return Promise.resolve('HO');
      }
    }
    const other = new ValueCodec(new Shouting());
    expect(await other.encode({ a: 1 })).toEqual({ type: 'json', value: '"HA"' });
    expect(await other.decode({ type: 'json', value: '{}' })).toBe('HO');
  });
});
