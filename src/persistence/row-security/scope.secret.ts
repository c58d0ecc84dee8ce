import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SECURITY_SCHEMA } from './filter-matches.function.js';
import { scopeSecretTable } from './scope.functions.js';

const SECRET_BYTES = 32;
/** Of SHA-256; HMAC fills the secret up to it. */
const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Any number that other users of advisory locks in the same database are unlikely to take. */
const SECRET_LOCK = 8_227_366_173_418;

/**
 * The secret that scopes are sealed with, the same for every process on a database. The first one to ask makes it.
 *
 * @param url of the owner of the tables
 */
export async function readScopeSecret(url: string): Promise<Uint8Array> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [SECRET_LOCK]);
    for (const statement of scopeSecretTable) await client.query(statement);
    const table = `${SECURITY_SCHEMA}.scope_secret`;
    const insert = `INSERT INTO ${table} (secret, inner_key, outer_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
    await client.query(insert, newSecret());
    const { rows } = await client.query<{ secret: Buffer }>(`SELECT secret FROM ${table}`);
    return rows[0].secret;
  } finally {
    await client.end();
  }
}

/** The secret and its two keys, RFC 2104. */
function newSecret(): Buffer[] {
  const secret = randomBytes(SECRET_BYTES);
  const block = Buffer.concat([secret, Buffer.alloc(BLOCK_BYTES - SECRET_BYTES)]);
  return [secret, padded(block, INNER_PAD), padded(block, OUTER_PAD)];
}

function padded(block: Buffer, pad: number): Buffer {
  return Buffer.from(block.map((byte) => byte ^ pad));
}
