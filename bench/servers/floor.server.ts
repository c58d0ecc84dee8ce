import { createSecretKey } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import { v7 as uuid } from 'uuid';
import type { JsonObject } from '../../src/http/json.js';
import { PostgresThreads } from './floor/postgres.threads.js';
import { SqliteThreads } from './floor/sqlite.threads.js';
import { PAGE, type Reach, type ThreadRow, type Threads } from './floor/threads.js';

/**
 * The least that a server with these routes, this database, tokens and owners can do: no framework, no layers, each statement
 * prepared once, the owner written into its SQL by hand. What the service takes beyond it is the price of everything else.
 *
 * Usage: `node floor.server.js <port> <database URL>`; `AUTH_JWT_SECRET` is the key of the tokens.
 */
interface Claims {
  readonly sub: string;
  readonly team: string;
  readonly permissions: readonly string[];
}

/** Of a change, when another one gets in between. */
const PATCH_ATTEMPTS = 5;

const [port, databaseUrl] = process.argv.slice(2);
const key = createSecretKey(Buffer.from(process.env.AUTH_JWT_SECRET ?? ''));
const threads: Threads = databaseUrl.startsWith('sqlite:')
  ? await SqliteThreads.open(databaseUrl.slice('sqlite:'.length))
  : new PostgresThreads(databaseUrl);

const app = Fastify();

app.get('/ok', () => ({ ok: true }));

app.get<{ Params: { id: string } }>('/threads/:id', async (request, reply) => {
  const { sub } = callerOf(request);
  const row = await threads.get(request.params.id, sub);
  return row ? present(row) : missing(reply, request.params.id);
});

app.post<{ Body: { metadata?: JsonObject } }>('/threads', async (request) => {
  const { sub } = callerOf(request);
  const id = uuid();
  const now = Date.now();
  const metadata = { ...request.body.metadata, owner: sub };
  await threads.insert(id, metadata, now);
  return present({
    thread_id: id,
    created_at: now,
    updated_at: now,
    state_updated_at: null,
    metadata,
    status: 'idle',
    config: {},
    values: null,
    interrupts: {},
    revision: 0,
  });
});

app.patch<{ Params: { id: string }; Body: { metadata?: JsonObject } }>(
  '/threads/:id',
  async (request, reply) => {
    const { sub } = callerOf(request);
    for (let attempt = 0; attempt < PATCH_ATTEMPTS; attempt += 1) {
      const row = await threads.get(request.params.id, sub);
      if (!row) return missing(reply, request.params.id);
      const metadata = { ...row.metadata, ...request.body.metadata };
      const now = Date.now();
      if (await threads.update(row, metadata, sub, now))
        return present({ ...row, metadata, updated_at: now });
    }
    return reply.code(409).send({ detail: 'changed' });
  },
);

app.post<{ Body: { metadata?: { topic?: string } } }>('/threads/search', async (request, reply) => {
  const claims = callerOf(request);
  const rows = await threads.newest(claims.sub, reachOf(claims, request.body.metadata?.topic));
  if (rows.length > PAGE) void reply.header('x-pagination-next', String(PAGE));
  return rows.slice(0, PAGE).map(present);
});

app.post('/threads/count', (request) => threads.count(callerOf(request).sub));

await app.listen({ port: Number(port), host: '127.0.0.1' });

function callerOf({ headers }: FastifyRequest): Claims {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  try {
    return jsonwebtoken.verify(token, key, { algorithms: ['HS256'] }) as unknown as Claims;
  } catch {
    throw Object.assign(new Error('Unauthorized'), { statusCode: 401 });
  }
}

function reachOf({ permissions, team }: Claims, topic: string | undefined): Reach {
  if (permissions.includes('shared')) return { kind: 'shared' };
  return permissions.includes('team') ? { kind: 'team', team } : { kind: 'own', topic };
}

function present({ thread_id, created_at, updated_at, state_updated_at, ...row }: ThreadRow) {
  const { metadata, status, config, values, interrupts } = row;
  return {
    thread_id,
    created_at: new Date(Number(created_at)),
    updated_at: new Date(Number(updated_at)),
    state_updated_at: state_updated_at === null ? null : new Date(Number(state_updated_at)),
    metadata,
    status,
    config,
    values,
    interrupts,
  };
}

function missing(reply: FastifyReply, id: string) {
  return reply.code(404).send({ detail: `Thread with ID ${id} not found` });
}
