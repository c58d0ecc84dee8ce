import { describe, expect, it } from '@jest/globals';
import { parseSecurity } from './project-security.parser.js';

const schemes = {
  key: { type: 'apiKey', in: 'header', name: 'x-key' },
  token: { type: 'http', scheme: 'bearer' },
};
const parse = (openapi: unknown) => parseSecurity('./langgraph.json', openapi);

describe('parseSecurity', () => {
  it('takes each scheme as enough, unless it is said which are', () => {
    expect(parse({ securitySchemes: schemes })).toEqual({ schemes, security: [{ key: [] }, { token: [] }] });
    const security = [{ key: [], token: [] }];
    expect(parse({ securitySchemes: schemes, security })).toEqual({ schemes, security });
  });

  it.each([undefined, null])('has nothing to say of %s', (openapi) => {
    expect(parse(openapi)).toBeUndefined();
  });

  it.each([
    [{}],
    [7],
    [{ securitySchemes: [] }],
    [{ securitySchemes: { key: 'apiKey' } }],
    [{ securitySchemes: { key: {} } }],
  ])('refuses %j, which has no schemes', (openapi) => {
    expect(() => parse(openapi)).toThrow('./langgraph.json: auth.openapi needs securitySchemes, such as');
  });

  it.each([[[{ other: [] }]], [{ key: [] }], ['key'], [[7]]])('refuses the requirements %j', (security) => {
    expect(() => parse({ securitySchemes: schemes, security })).toThrow(
      'auth.openapi.security must be a list of objects with names of securitySchemes (key, token), such as [{ "key": [] }].',
    );
  });
});
