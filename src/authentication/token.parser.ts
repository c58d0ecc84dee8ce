import { parseUnambiguous } from './json.document.js';

/** The members of a token's header that decide which key may verify it. Not trusted: nothing is verified yet. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
}

/** Node takes 16 KiB for all headers together. */
const MAX_LENGTH = 12 * 1024;
const MAX_KID_LENGTH = 256;

/** RFC 7519 and RFC 9068. Other types of token are signed by the same issuers, but for other purposes. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** Extensions that change how a token must be read, none of which is supported. */
const EXTENSIONS = ['crit', 'b64', 'zip', 'enc'];

/**
 * Reads the header of a signed token in compact form (RFC 7515, section 7.1), before any key is looked for. Key material
 * in the header (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
 *
 * @returns undefined for what is not one unambiguous JSON Web Token of a type that serves as access token.
 */
export function parseHeader(token: string): TokenHeader | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = token.split('.').map(decode);
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) return undefined;
  const members = parseUnambiguous(header);
  return members && parseUnambiguous(payload) ? toHeader(members) : undefined;
}

function toHeader(members: Readonly<Record<string, unknown>>): TokenHeader | undefined {
  const { alg, kid, typ } = members;
  if (typeof alg !== 'string' || EXTENSIONS.some((name) => Object.hasOwn(members, name))) return undefined;
  if (!TYPES.includes(typeof typ === 'string' ? typ.toLowerCase() : typ)) return undefined;
  if (kid === undefined) return { alg, kid };
  return typeof kid === 'string' && kid.length <= MAX_KID_LENGTH ? { alg, kid } : undefined;
}

/** Only the canonical form: decoders that overlook stray bits or letters would see one token in many texts. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : undefined;
}
