import { describe, expect, it } from '@jest/globals';
import { messageRequest } from './message.request.js';

describe('a message as a request', () => {
  it('has its data as body, path and query at once', async () => {
    const data = { paper_id: 'p1' };
    const request = messageRequest(data, { user: 'alice' }, 'read');
    expect(request).toMatchObject({
      method: 'MESSAGE',
      url: 'read',
      headers: { user: 'alice' },
      params: data,
      query: data,
      body: data,
    });
    expect(await request.readBody()).toBe(data);
  });

  it.each([[undefined], [null], ['p1'], [7], [['p1']]])(
    'has no fields where its data is %j',
    async (data) => {
      const request = messageRequest(data);
      expect(request).toMatchObject({ url: '', headers: {}, params: {}, query: {} });
      expect([request.params, request.query]).toStrictEqual([{}, {}]);
      expect(await request.readBody()).toEqual(data);
    },
  );

  it('is refused for data that cannot be stored, when its body is read', async () => {
    const request = messageRequest({ title: 'a\u0000b' });
    await expect(request.readBody()).rejects.toMatchObject({
      status: 422,
      message: 'the message is nested too deep, or has text that cannot be stored',
    });
  });
});
