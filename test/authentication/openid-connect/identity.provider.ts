import { generateKeyPairSync, randomUUID, type JsonWebKey } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';

/** The page of a client that users log in for; nothing is served there. */
export const CALLBACK = 'http://127.0.0.1/callback';
export const CLIENT_ID = 'chat';
/** What tokens for our server are asked for, and for whom they are meant then. */
export const RESOURCE = 'urn:onauth';
export const OTHER_RESOURCE = 'urn:invoices';

export type SigningKey = JsonWebKey & { readonly kid: string };

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

/**
 * A real OpenID Connect provider on the loopback interface, with its own pages for logging in. Any name is a user, and a scope is
 * granted to whoever asks for it.
 */
export class IdentityProvider {
  /** How often the key set was asked for. */
  keySetReadings = 0;
  private handle: RequestListener = (_request, response) => response.writeHead(503).end();

  private constructor(
    private readonly server: Server,
    private readonly make: typeof Provider,
  ) {}

  /** @param keys the first one signs, all of them are published */
  static async start(keys: readonly SigningKey[]): Promise<IdentityProvider> {
    const server = createServer((request, response) => provider.answer(request, response));
    // Not before: it speaks up when it is loaded.
    const { default: make } = await import('oidc-provider');
    const provider = new IdentityProvider(server, make);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    provider.rotateTo(keys);
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Goes on with other keys, as a provider that is deployed anew does. Who is logged in stays so. */
  rotateTo(keys: readonly SigningKey[]): void {
    this.handle = new this.make(this.issuer, configurationOf(keys)).callback();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(...[request, response]: Parameters<RequestListener>): void {
    if (request.url === '/jwks') this.keySetReadings++;
    this.handle(request, response);
  }
}

function configurationOf(keys: readonly SigningKey[]): object {
  return {
    jwks: { keys },
    cookies: { keys: ['a key for the cookies of a test'] },
    scopes: ['openid', 'threads:read', 'threads:write'],
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [CALLBACK],
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    extraTokenClaims: () => ({ realm_access: { roles: ['editor'] } }),
    features: {
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          audience,
          scope: 'threads:read threads:write',
          accessTokenFormat: 'jwt',
        }),
      },
    },
  };
}
