import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { ownerName, teamName } from '../population/population.js';

/** The one secret of a benchmark: the servers verify with it what is signed here. */
export const JWT_SECRET = randomBytes(32).toString('base64url');

const HOURS_VALID = 12;
const signed = new Map<string, string>();

/**
 * The `Authorization` header of an owner.
 *
 * @param permissions what the policy of a bench server goes by
 */
export async function authorizationOf(owner: number, permissions: readonly string[] = []): Promise<string> {
  const key = `${owner} ${permissions.join(' ')}`;
  const known = signed.get(key);
  if (known) return known;
  const token = await new SignJWT({ permissions, team: teamName(owner) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(ownerName(owner))
    .setIssuedAt()
    .setExpirationTime(`${HOURS_VALID}h`)
    .sign(Buffer.from(JWT_SECRET));
  signed.set(key, `Bearer ${token}`);
  return `Bearer ${token}`;
}
