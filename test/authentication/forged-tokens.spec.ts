import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, UNAUTHORIZED, type AuthenticationApp } from './support/authentication.app.js';
import { LocalServer } from './support/local.server.js';
import { claims, forge, now, SECRET, segment } from './support/token.forge.js';

type Row = readonly [what: string, token: () => string];

let app: AuthenticationApp;

beforeAll(async () => {
  app = await startApp({ AUTH_JWT_SECRET: SECRET });
});
afterAll(() => app.close());

describe('A token signed with the shared secret', () => {
  it('names the caller', async () => {
    const answer = await app.meWith(
      forge({ payload: claims({ name: 'Alice', scope: 'threads:read threads:write' }) }),
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { identity: 'alice', display_name: 'Alice', permissions: ['threads:read', 'threads:write'] },
    });
  });

  const accepted: readonly Row[] = [
    ['without typ', () => forge({ header: { typ: undefined } })],
    ['with typ in lower case', () => forge({ header: { typ: 'jwt' } })],
    ['with typ at+jwt', () => forge({ header: { typ: 'at+jwt' } })],
    ['with typ application/at+jwt', () => forge({ header: { typ: 'application/at+JWT' } })],
    ['with any short kid', () => forge({ header: { kid: '../../dev/null' } })],
    ['without iat and nbf', () => forge({ payload: claims({ iat: undefined }) })],
    ['with a fractional exp', () => forge({ payload: claims({ exp: now() + 60.5 }) })],
    ['that expired within the tolerance', () => forge({ payload: claims({ exp: now() - 3 }) })],
    ['issued by a clock 3 s ahead', () => forge({ payload: claims({ iat: now() + 3 }) })],
    ['valid from a moment 3 s ahead', () => forge({ payload: claims({ nbf: now() + 3 }) })],
    ['with a sub of 512 characters', () => forge({ payload: claims({ sub: 'x'.repeat(512) }) })],
    ['of somebody called system', () => forge({ payload: claims({ sub: 'system' }) })],
    [
      'with nested claims',
      () => forge({ payload: claims({ org: { name: 'a:b', roles: [{ id: 1 }, '"x":'] } }) }),
    ],
  ];
  it.each(accepted)('is accepted %s', async (_what, token) => {
    expect(await app.meWith(token())).toMatchObject({ status: 200 });
  });
});

describe('A token is refused, without a reason given (abuse cases 1, 5, 10, 11, 12 and 14),', () => {
  const unsigned = (alg: string): string => `${segment({ alg, typ: 'JWT' })}.${segment(claims())}`;
  const signatures: readonly Row[] = [
    ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): Row[] => [
      [`of alg ${alg} with an empty signature`, () => `${unsigned(alg)}.`],
      [`of alg ${alg} without a signature`, () => unsigned(alg)],
      [`of alg ${alg} with some signature`, () => `${unsigned(alg)}.AAAA`],
      [`of alg ${alg} signed with the secret`, () => forge({ header: { alg } })],
    ]),
    ['of alg HS256 without its signature', () => forge().split('.').slice(0, 2).join('.')],
    ['of alg HS256 with an empty signature', () => `${forge().split('.').slice(0, 2).join('.')}.`],
    ['with two signatures', () => `${forge()}.${forge().split('.')[2]}`],
    ['of alg HS384', () => forge({ header: { alg: 'HS384' } })],
    ['of alg HS512', () => forge({ header: { alg: 'HS512' } })],
    ['of alg hs256', () => forge({ header: '{"alg":"hs256","typ":"JWT"}' })],
    ['without alg', () => forge({ header: '{"typ":"JWT"}' })],
    ['with a list as alg', () => forge({ header: '{"alg":["HS256"],"typ":"JWT"}' })],
    ['signed with another secret', () => forge({ key: SECRET.toLowerCase() })],
    ['signed with an empty secret', () => forge({ key: '' })],
    ['with a changed payload', () => forge().replace(/\.[^.]+\./, `.${segment(claims({ sub: 'bob' }))}.`)],
    [
      'with a changed header',
      () => forge().replace(/^[^.]+/, segment({ alg: 'HS256', typ: 'JWT', kid: 'x' })),
    ],
    ['with a shortened signature', () => forge().slice(0, -4)],
    ['with padding', () => `${forge()}=`],
    ['that is no token', () => 'alice'],
    ['of empty segments', () => '..'],
    ['over 12 KiB', () => forge({ payload: claims({ filler: 'x'.repeat(9200) }) })],
  ];
  const dates: readonly Row[] = [
    ['without exp', () => forge({ payload: claims({ exp: undefined }) })],
    ['expired', () => forge({ payload: claims({ exp: now() - 6 }) })],
    ['with exp as text', () => forge({ payload: claims({ exp: String(now() + 600) }) })],
    ['with exp null', () => forge({ payload: claims({ exp: null }) })],
    ['with exp true', () => forge({ payload: claims({ exp: true }) })],
    ['with exp in a list', () => forge({ payload: claims({ exp: [now() + 600] }) })],
    ['with exp 1e400', () => forge({ payload: '{"sub":"alice","exp":1e400}' })],
    ['with a negative exp', () => forge({ payload: claims({ exp: -1 }) })],
    ['with exp 0', () => forge({ payload: claims({ exp: 0 }) })],
    ['with nbf ahead', () => forge({ payload: claims({ nbf: now() + 60 }) })],
    ['with nbf as text', () => forge({ payload: claims({ nbf: '0' }) })],
    ['with nbf -1e400', () => forge({ payload: `{"sub":"alice","exp":${now() + 60},"nbf":-1e400}` })],
    ['issued ahead of time', () => forge({ payload: claims({ iat: now() + 60 }) })],
    ['with iat as text', () => forge({ payload: claims({ iat: 'now' }) })],
    ['with iat null', () => forge({ payload: claims({ iat: null }) })],
  ];
  const subjects: readonly Row[] = [
    ['without sub', () => forge({ payload: claims({ sub: undefined }) })],
    ...[
      '',
      0,
      1,
      true,
      null,
      {},
      ['alice'],
      'a\u0000b',
      'a\nb',
      'a\u009bb',
      'x'.repeat(513),
      'x'.repeat(10_240),
    ].map((sub): Row => [
      `with sub ${JSON.stringify(sub).slice(0, 20)}`,
      () => forge({ payload: claims({ sub }) }),
    ]),
    ['with a lone surrogate as sub', () => forge({ payload: `{"sub":"\\ud800","exp":${now() + 60}}` })],
    ['with permissions of numbers', () => forge({ payload: claims({ permissions: [1] }) })],
    ['with permissions as object', () => forge({ payload: claims({ permissions: { write: true } }) })],
  ];
  const forms: readonly Row[] = [
    ...['crit', 'b64', 'zip', 'enc'].map((name): Row => [
      `with ${name} in the header`,
      () => forge({ header: { [name]: name === 'crit' ? [] : false } }),
    ]),
    ['that is encrypted', () => `${segment({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`],
    ...['dpop+jwt', 'logout+jwt', 'JOSE', 'JWT ', 1, null, ['JWT']].map((typ): Row => [
      `with typ ${JSON.stringify(typ)}`,
      () => forge({ header: { typ } }),
    ]),
    ...[1, null, ['a'], { a: 1 }, 'k'.repeat(257), 'k'.repeat(9000)].map((kid): Row => [
      `with kid ${JSON.stringify(kid).slice(0, 20)}`,
      () => forge({ header: { kid } }),
    ]),
    ['with a repeated member in the header', () => forge({ header: '{"alg":"none","alg":"HS256"}' })],
    ['with two sub', () => forge({ payload: `{"sub":"bob","sub":"alice","exp":${now() + 60}}` })],
    [
      'with two sub, one escaped',
      () => forge({ payload: `{"sub":"bob","s\\u0075b":"alice","exp":${now() + 60}}` }),
    ],
    [
      'with a repeated nested member',
      () => forge({ payload: `{"sub":"a","exp":${now() + 60},"o":{"r":1,"r":2}}` }),
    ],
    [
      'with 33 levels',
      () => forge({ payload: `{"sub":"a","exp":${now() + 60},"o":${'['.repeat(33)}${']'.repeat(33)}}` }),
    ],
    ['with 5,000 levels', () => forge({ payload: `{"o":${'['.repeat(5000)}${']'.repeat(5000)}}` })],
    ['whose payload is a list', () => forge({ payload: '[{"sub":"alice"}]' })],
    ['whose payload is null', () => forge({ payload: 'null' })],
    ['whose payload is a text', () => forge({ payload: '"alice"' })],
    ['whose payload is no JSON', () => forge({ payload: 'sub=alice' })],
    [
      'whose payload is not UTF-8',
      () => forge({ payload: Buffer.from(`{"sub":"alic\u00e9","exp":${now() + 60}}`, 'latin1') }),
    ],
    [
      'whose payload begins with a byte order mark',
      () => forge({ payload: `\ufeff${JSON.stringify(claims())}` }),
    ],
  ];
  it.each([...signatures, ...dates, ...subjects, ...forms])('%s', async (_what, token) => {
    expect(await app.meWith(token())).toEqual(UNAUTHORIZED);
  });
});

describe('Key material in the header of a token', () => {
  it('is neither used nor fetched (abuse case 6)', async () => {
    const attacker = await LocalServer.start((_request, response) => response.end('{}'));
    const jwk = { kty: 'oct', k: Buffer.from('attacker').toString('base64url') };
    const url = attacker.url.href;
    for (const member of [{ jwk }, { jku: url }, { x5u: url }, { x5c: [url] }, { jku: url, kid: url }]) {
      expect(await app.meWith(forge({ header: member, key: 'attacker' }))).toEqual(UNAUTHORIZED);
      expect(await app.meWith(forge({ header: member }))).toMatchObject({ status: 200 });
    }
    expect(attacker.requests).toBe(0);
    await attacker.stop();
  });
});

describe('A token that was accepted once', () => {
  it('is refused once it has expired (abuse case 16)', async () => {
    const token = forge({ payload: claims({ exp: now() - 4 }) });
    expect(await app.meWith(token)).toMatchObject({ status: 200 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await app.meWith(token)).toEqual(UNAUTHORIZED);
  });
});
