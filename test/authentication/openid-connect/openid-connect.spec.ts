import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@langchain/langgraph-sdk';
import { RolesClaimsMapper } from '../../../examples/identity-provider/roles.claims-mapper.js';
import { OnAuth, type HandlerArgument } from '../../../src/index.js';
import { callerOf, startApplication, type TestApplication } from '../../support/application.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { IdentityProvider, OTHER_RESOURCE, RESOURCE, newSigningKey } from './identity.provider.js';
import { discover, logIn } from './login.js';

const TEN_MINUTES_MS = 10 * 60_000;
const UNAUTHORIZED = { status: 401, body: { detail: 'Unauthorized' } };
const [firstKey, secondKey] = [newSigningKey(), newSigningKey()];

/** Makes the server think that it is later. */
class Clock {
  private skew = 0;
  private readonly now = performance.now.bind(performance);
  private readonly spy = jest.spyOn(performance, 'now').mockImplementation(() => this.now() + this.skew);

  letPass(milliseconds: number): void {
    this.skew += milliseconds;
  }

  restore(): void {
    this.spy.mockRestore();
  }
}

// The provider says what it would want of a deployment of its own.
beforeAll(() => {
  for (const level of ['info', 'warn'] as const)
    jest.spyOn(console, level).mockImplementation(() => undefined);
});
afterAll(() => void jest.restoreAllMocks());

describe.each(databases)('a login at an OpenID Connect provider, on $dialect', ({ create }) => {
  let database: TestDatabase;
  let provider: IdentityProvider;
  let server: TestApplication;

  beforeAll(async () => {
    database = await create();
    provider = await IdentityProvider.start([firstKey]);
    const { jwks_uri } = await discover(provider.issuer);
    server = await startApplication({
      databaseUrl: database.url,
      environment: {
        AUTH_JWT_SECRET: '',
        AUTH_JWKS_URI: jwks_uri,
        AUTH_JWT_ISSUER: provider.issuer,
        AUTH_JWT_AUDIENCE: RESOURCE,
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
    await database.drop();
  });

  const clientOf = (token: string) =>
    new Client({ apiUrl: server.url, defaultHeaders: { authorization: `Bearer ${token}` } });
  const askWith = (token: string) => callerOf(server.url, token)('POST', '/threads/search', {});

  it('gives a user threads of their own, by the official SDK', async () => {
    const alice = clientOf((await logIn(provider.issuer, 'alice')).access_token);
    const bob = clientOf((await logIn(provider.issuer, 'bob')).access_token);
    const { thread_id, metadata } = await alice.threads.create();
    expect(metadata).toEqual({ owner: 'alice' });
    const answer = await alice.runs.wait(thread_id, 'agent', {
      input: { messages: [{ role: 'human', content: 'hello' }] },
    });
    expect(answer).toMatchObject({ messages: [{ content: 'hello' }, { content: expect.any(String) }] });
    await expect(bob.threads.get(thread_id)).rejects.toMatchObject({ status: 404 });
    expect(await bob.threads.search()).toEqual([]);
    expect(await alice.threads.search()).toHaveLength(1);
  });

  it('is worth nothing with an ID token, which is for the client', async () => {
    const { id_token, access_token } = await logIn(provider.issuer, 'alice');
    expect(await askWith(access_token)).toMatchObject({ status: 200 });
    expect(await askWith(id_token)).toMatchObject(UNAUTHORIZED);
  });

  it('is worth nothing with a token for another audience', async () => {
    const { access_token } = await logIn(provider.issuer, 'alice', { resource: OTHER_RESOURCE });
    expect(await askWith(access_token)).toMatchObject(UNAUTHORIZED);
  });

  it('is worth nothing with a token of another issuer, though it be signed with the same key', async () => {
    const other = await IdentityProvider.start([firstKey]);
    const { access_token } = await logIn(other.issuer, 'alice');
    await other.stop();
    expect(await askWith(access_token)).toMatchObject(UNAUTHORIZED);
  });

  it('goes on while the provider changes to a new key, and ends with the old one when that is withdrawn', async () => {
    const clock = new Clock();
    const before = (await logIn(provider.issuer, 'alice')).access_token;
    expect(await askWith(before)).toMatchObject({ status: 200 });

    clock.letPass(TEN_MINUTES_MS / 2);
    provider.rotateTo([secondKey, firstKey]);
    const after = (await logIn(provider.issuer, 'alice')).access_token;
    expect(keyIdOf(after)).toBe(secondKey.kid);
    const readings = provider.keySetReadings;
    expect(await askWith(after)).toMatchObject({ status: 200 });
    expect(await askWith(before)).toMatchObject({ status: 200 });
    expect(provider.keySetReadings).toBe(readings + 1);

    provider.rotateTo([secondKey]);
    clock.letPass(TEN_MINUTES_MS);
    expect(await askWith(before)).toMatchObject(UNAUTHORIZED);
    expect(await askWith(after)).toMatchObject({ status: 200 });
    clock.restore();
  });
});

class RolesPolicy {
  @OnAuth('threads', 'create')
  tell({ permissions, value }: HandlerArgument<'threads:create'>) {
    value.metadata = { ...value.metadata, permissions: [...permissions] };
  }
}

describe('a mapper of claims', () => {
  it('makes permissions of what the provider calls roles', async () => {
    const provider = await IdentityProvider.start([firstKey]);
    const server = await startApplication({
      authentication: { claimsMapper: RolesClaimsMapper },
      policies: [RolesPolicy],
      environment: { AUTH_JWT_SECRET: '', AUTH_JWKS_URI: (await discover(provider.issuer)).jwks_uri },
    });
    const { access_token } = await logIn(provider.issuer, 'alice');
    const { body } = await callerOf(server.url, access_token)('POST', '/threads', {});
    expect(body).toMatchObject({ metadata: { permissions: ['editor'] } });
    await server.stop();
    await provider.stop();
  });
});

function keyIdOf(token: string): unknown {
  const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()) as object;
  return 'kid' in header && header.kid;
}
