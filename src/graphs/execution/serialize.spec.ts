import { describe, expect, it } from '@jest/globals';
import { AIMessage, AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { Send } from '@langchain/langgraph';
import fc from 'fast-check';
import { toJson } from './serialize.js';

class Plan {
  readonly steps = ['one'];
  get length(): number {
    return this.steps.length;
  }
}

describe('toJson', () => {
  const cases: [string, unknown, unknown][] = [
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(NaN), null],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [2, new Map()],
      ]),
      { a: 1, 2: {} },
    ],
    ['a set', new Set([1, new Set(['x'])]), [1, ['x']]],
    ['a big integer', 2n ** 70n, '1180591620717411303424'],
    ['bytes', new Uint8Array([104, 105]), 'aGk='],
    ['a buffer', Buffer.from('hi'), 'aGk='],
    ['a view on part of a buffer', new Uint8Array([0, 104, 105, 0]).subarray(1, 3), 'aGk='],
    ['an array buffer', new Uint8Array([104, 105]).buffer, 'aGk='],
    ['numbers', new Float32Array([0.5, 1]), [0.5, 1]],
    ['an error', new RangeError('too far'), { error: 'RangeError', message: 'too far' }],
    ['a class of its own', new Plan(), { steps: ['one'] }],
    ['an object that knows its JSON', new URL('http://localhost/x'), 'http://localhost/x'],
    ['a send', new Send('node', { a: 1 }), { lg_name: 'Send', node: 'node', args: { a: 1 } }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['not a number', [NaN, Infinity, -0], [null, null, 0]],
    ['what JSON does not know', { a: undefined, b: () => 1, c: Symbol('c'), d: [undefined] }, { d: [null] }],
    ['nothing', undefined, null],
  ];
  it.each(cases)('knows %s', (_, value, json) => {
    expect(JSON.parse(JSON.stringify(toJson(value)))).toEqual(json);
  });

  it('flattens messages', () => {
    const messages = [
      new HumanMessage({ id: '1', content: 'hi' }),
      new AIMessage({ id: '2', content: [{ type: 'text', text: 'yes' }], name: 'bot' }),
      new ToolMessage({ id: '3', content: 'done', tool_call_id: 'call' }),
      new AIMessageChunk({ id: '4', content: 'o', tool_call_chunks: [{ name: 't', args: '{', index: 0 }] }),
    ];
    expect(toJson(messages)).toMatchObject([
      { type: 'human', id: '1', content: 'hi', additional_kwargs: {}, response_metadata: {} },
      { type: 'ai', id: '2', content: [{ type: 'text', text: 'yes' }], name: 'bot', tool_calls: [] },
      { type: 'tool', id: '3', content: 'done', tool_call_id: 'call' },
      { type: 'ai', id: '4', content: 'o', tool_call_chunks: [{ name: 't', args: '{', index: 0 }] },
    ]);
  });

  it('says where a value holds itself, and only there', () => {
    const shared = { x: 1 };
    const cycle: Record<string, unknown> = { one: shared, two: shared };
    cycle.self = [cycle];
    expect(toJson(cycle)).toEqual({ one: { x: 1 }, two: { x: 1 }, self: ['[Circular]'] });
  });

  it('survives nesting without an end', () => {
    let nested: unknown = 'core';
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(JSON.stringify(toJson(nested))).toContain('[Nested too deeply]');
  });

  it('leaves out the principal, wherever it hides', () => {
    const secret = { identity: 'alice', token: 's3cret' };
    const json = toJson({
      configurable: { langgraph_auth_user: secret, langgraph_auth_permissions: ['x'], thread_id: 't' },
      list: [new Map([['langgraph_auth_user_id', 'alice']]), { langgraph_request_id: 'r' }],
      message: new HumanMessage({ content: 'hi', additional_kwargs: { langgraph_auth_user: secret } }),
    });
    expect(JSON.stringify(json)).not.toMatch(/langgraph_auth|langgraph_request|s3cret|alice/);
    expect(json).toMatchObject({ configurable: { thread_id: 't' } });
  });

  it('replaces what PostgreSQL cannot store in jsonb', () => {
    expect(toJson({ 'a\0b': 'c\0d', lone: '\ud800x', pair: '😀' })).toEqual({
      'a\uFFFDb': 'c\uFFFDd',
      lone: '\uFFFDx',
      pair: '😀',
    });
  });

  it('treats the names of prototypes as ordinary keys', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}');
    const json = toJson(hostile);
    expect(JSON.stringify(json)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect((json as { admin?: boolean }).admin).toBeUndefined();
  });

  it('does not call getters of classes, and keeps what is JSON already', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!/\\u0000|\\ud[89a-f]/.test(JSON.stringify(value)));
        expect(JSON.stringify(toJson(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('gives plain JSON for anything', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const json = toJson(value);
          expect(JSON.stringify(JSON.parse(JSON.stringify(json)))).toBe(JSON.stringify(json));
        },
      ),
    );
  });
});
