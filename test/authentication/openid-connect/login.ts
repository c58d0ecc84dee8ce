import { createHash, randomBytes } from 'node:crypto';
import { CALLBACK, CLIENT_ID, RESOURCE } from './identity.provider.js';

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
}

export interface LoginOptions {
  readonly resource?: string;
  readonly scope?: string;
}

const MAX_PAGES = 10;

/**
 * Logs a user in as a client with a browser does: authorization code with PKCE (RFC 7636), the provider's own pages filled in, and a token
 * that is meant for one resource (RFC 8707).
 *
 * @param issuer all else is discovered
 */
export async function logIn(
  issuer: string,
  user: string,
  { resource = RESOURCE, scope = 'openid threads:read threads:write' }: LoginOptions = {},
): Promise<Tokens> {
  const { authorization_endpoint, token_endpoint } = await discover(issuer);
  const verifier = randomBytes(32).toString('base64url');
  const request = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope,
    resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const code = await browse(`${authorization_endpoint}?${request.toString()}`, {
    login: user,
    password: 'any',
  });
  const response = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      resource,
      code,
    }),
  });
  if (!response.ok) throw new Error(`no tokens: ${await response.text()}`);
  return (await response.json()) as Tokens;
}

interface Discovered {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
}

/** What OpenID Connect Discovery tells. */
export async function discover(issuer: string): Promise<Discovered> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return (await response.json()) as Discovered;
}

/** Follows redirects, keeps cookies and sends forms, until the provider hands over a code. */
async function browse(start: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const cookies = new Map<string, string>();
  let address = start;
  let form: URLSearchParams | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const page = await response.text();
    address = new URL(location ?? submitAddressOf(page), address).href;
    form = location === null ? formOf(page, fields) : undefined;
    if (address.startsWith(CALLBACK)) return codeIn(new URL(address));
  }
  throw new Error(`the provider does not come to an end: ${address}`);
}

function submitAddressOf(page: string): string {
  const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
  if (action === undefined) throw new Error(`no form: ${page}`);
  return action;
}

/** The hidden fields of the page's form, and those that a user fills in. */
function formOf(page: string, fields: Readonly<Record<string, string>>): URLSearchParams {
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return new URLSearchParams({
    ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
    ...fields,
  });
}

function codeIn({ searchParams }: URL): string {
  const code = searchParams.get('code');
  if (code === null) throw new Error(`refused: ${searchParams.toString()}`);
  return code;
}
