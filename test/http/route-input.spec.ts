import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { routeInput } from '../../src/http/route.input.js';
import { text } from '../../src/http/query.parsers.js';
import { IsId } from '../../src/http/validation.js';
import { messageRequest } from '../../src/on-auth/message.request.js';

const ID = '0190a000-0000-7000-8000-00000000000A';

class Sought {
  @IsId() thread_id!: string;
  @IsOptional() @IsString() name?: string;
  @IsOptional() @IsString() prefer?: string;
  @IsOptional() @IsString() word?: string;
}

const sought = routeInput('threads:read', {
  type: Sought,
  ids: { thread_id: 'path' },
  query: { word: text },
  headers: { prefer: 'prefer' },
  value: ({ thread_id }) => ({ thread_id }),
});

const request = { method: 'POST', url: '/', headers: {}, params: { thread_id: ID }, query: {} };

describe('The input of a route', () => {
  it('takes the path before headers, and those before query and body', async () => {
    const everywhere = { thread_id: 'body', name: 'body', prefer: 'body', word: 'body' };
    const input = await sought.parse({
      ...request,
      headers: { prefer: 'header' },
      query: { word: 'query', prefer: 'query', name: 'query', thread_id: 'query' },
      body: everywhere,
    });
    expect(input).toEqual({
      thread_id: ID.toLowerCase(),
      name: 'body',
      prefer: 'header',
      word: 'query',
    });
  });

  it('does not take from the body what is said to stand elsewhere', async () => {
    const input = await sought.parse({ ...request, body: { prefer: 'body', word: 'body' } });
    expect(input).not.toHaveProperty('prefer', 'body');
    expect(input).not.toHaveProperty('word', 'body');
  });

  it('refuses text that cannot be stored, wherever it stands', async () => {
    const parse = async (changes: object) => sought.parse({ ...request, ...changes });
    await expect(parse({ query: { word: 'a\u0000' } })).rejects.toThrow('word contains a NUL character');
    await expect(parse({ headers: { prefer: '\ud800' } })).rejects.toThrow(
      'prefer contains a lone surrogate',
    );
    await expect(parse({ params: { thread_id: ID, other: '\u0000' } })).rejects.toThrow('other contains');
  });

  it('of a message with a member `__proto__` is what stands in the message itself (abuse case 13)', async () => {
    const data = JSON.parse(`{"__proto__":{"thread_id":"${ID}","name":"inherited"}}`) as unknown;
    const parse = async () => sought.parse(messageRequest(data));
    await expect(parse()).rejects.toThrow('thread_id must be a UUID');
    const own = JSON.parse(`{"thread_id":"${ID}","__proto__":{"name":"inherited"}}`) as unknown;
    expect((await sought.parse(messageRequest(own))).name).toBeUndefined();
  });
});
