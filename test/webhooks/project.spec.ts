import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { callerOf, type Caller } from '../support/application.js';
import { ServerProcess } from '../support/server.process.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { Receiver } from './support/receiver.js';
import { SECRET } from './support/webhooks.application.js';

const JWT_SECRET = 'a-secret-of-more-than-thirty-two-bytes-42';
const GRAPH = join(process.cwd(), 'examples/langgraph-project/src/agent.ts:graph');
const input = { messages: [{ role: 'user', content: 'hello' }] };

/** A token as anybody with the secret makes it. */
function token(): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('alice')
    .setExpirationTime('1h')
    .sign(Buffer.from(JWT_SECRET));
}

describe('a built server', () => {
  let folder: string;
  let receiver: Receiver;
  let server: ServerProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onauth-hooks-'));
    receiver = await Receiver.listen();
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (project: object, environment: Record<string, string> = {}): Promise<ServerProcess> => {
    const file = join(folder, 'langgraph.json');
    await writeFile(file, JSON.stringify({ graphs: { agent: GRAPH }, ...project }));
    server = new ServerProcess(folder, {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      AUTH_JWT_SECRET: JWT_SECRET,
      WEBHOOK_SECRET: SECRET,
      LANGGRAPH_JSON: file,
      ...environment,
    });
    return server;
  };
  const alice = async (): Promise<Caller> => callerOf(await server.up(), await token());

  it('follows the webhooks of a langgraph.json: its rules and its headers', async () => {
    await start({
      env: { LG_WEBHOOK_TOKEN: 'from the project' },
      webhooks: {
        url: { disable_loopback: false, allowed_domains: ['127.0.0.1'] },
        headers: { authorization: 'Bearer ${{ env.LG_WEBHOOK_TOKEN }}' },
      },
    });
    const caller = await alice();
    const run = (webhook: string) => caller('POST', '/runs/wait', { assistant_id: 'agent', input, webhook });
    expect((await run(receiver.url())).status).toBe(200);
    await until('it is called', () => receiver.calls.length === 1);
    expect(receiver.calls[0].headers.authorization).toBe('Bearer from the project');
    expect(await run('https://example.com/')).toMatchObject({
      status: 422,
      body: { detail: 'webhook points to a domain that is not allowed here' },
    });
    expect(server.errors + server.output).not.toContain('webhooks has no effect');
    expect(server.errors + server.output).not.toContain('from the project');
  });

  it('calls nobody with http.disable_webhooks, and needs no secret then', async () => {
    await start({ http: { disable_webhooks: true } }, { WEBHOOK_SECRET: '', WEBHOOK_ALLOW_PRIVATE: 'true' });
    const caller = await alice();
    const body = { assistant_id: 'agent', input, webhook: receiver.url() };
    expect((await caller('POST', '/runs/wait', body)).status).toBe(200);
    expect((await caller('POST', '/runs/wait', body)).status).toBe(200);
    expect(receiver.connections).toBe(0);
  });

  it('logs what failed for good without anything of its answer, its path or its body (abuse case 68)', async () => {
    await start({ webhooks: { url: { disable_loopback: false } } });
    receiver.answer = (response) => response.writeHead(404, 'canary').end('canary\n[Nest] forged line');
    const caller = await alice();
    const webhook = receiver.url('/canary?key=canary');
    const messages = [{ role: 'user', content: 'canary' }];
    const body = { assistant_id: 'agent', input: { messages }, webhook, metadata: { note: 'canary' } };
    expect((await caller('POST', '/runs/wait', body)).status).toBe(200);
    const told = () => server.output + server.errors;
    await until('it is logged', () => told().includes('failed for good'));
    expect(told()).toMatch(
      /Webhook \S+ of run \S+ to http:\/\/127\.0\.0\.1:\d+ failed for good, attempt 1: answered 404/,
    );
    expect(told()).not.toMatch(/canary|forged/);
  });

  it('warns of WEBHOOK_ALLOW_PRIVATE in production', async () => {
    await start({}, { WEBHOOK_ALLOW_PRIVATE: 'true' });
    await server.up();
    expect(server.output + server.errors).toContain('WEBHOOK_ALLOW_PRIVATE is true');
  });

  it('makes a secret in development, and keeps it', async () => {
    await start({}, { NODE_ENV: 'development', WEBHOOK_SECRET: '', WEBHOOK_ALLOW_PRIVATE: 'true' });
    const caller = await alice();
    const body = { assistant_id: 'agent', input, webhook: receiver.url() };
    expect((await caller('POST', '/runs/wait', body)).status).toBe(200);
    await until('it is called', () => receiver.calls.length === 1);
    expect(receiver.calls[0].headers['webhook-signature']).toMatch(/^v1,/);
    const kept = await readFile(join(folder, '.onauth/webhooks.json'), 'utf8');
    expect(JSON.parse(kept)).toEqual({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) });
    expect(server.output + server.errors).not.toContain('WEBHOOK_ALLOW_PRIVATE is true');
  });

  it.each([
    [
      { webhooks: { url: { allowed_domain: [] } } },
      {},
      'webhooks.url.allowed_domain is not known to this server; take it away or correct it.',
    ],
    [
      { webhooks: { headers: { 'x-a': '${{ env.AUTH_JWT_SECRET }}' } } },
      {},
      'webhooks.headers.x-a names AUTH_JWT_SECRET, but only variables that begin with LG_WEBHOOK_ are sent.',
    ],
    [{}, { WEBHOOK_SECRET: 'hunter2' }, 'WEBHOOK_SECRET has a wrong value (not shown)'],
  ])('refuses to start with wrong settings: %j %j', async (project, environment, sentence) => {
    await start(project, environment);
    expect(await server.ended()).toBe(1);
    expect(server.errors).toContain(sentence);
    expect(server.errors).not.toContain('hunter2');
  });
});
