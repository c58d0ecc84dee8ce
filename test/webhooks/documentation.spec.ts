import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf } from '../runs/api/runs.application.js';
import { until } from '../runs/engine/support/engine.harness.js';
import { freePort } from './support/receiver.js';
import { SECRET, startWebhooks, type WebhooksApplication } from './support/webhooks.application.js';

/** The receiver that the documentation shows, as it stands there. */
async function documentedReceiver(): Promise<string> {
  const text = await readFile('docs/webhooks.md', 'utf8');
  const [, code] = /```js\n(.*?)```/s.exec(text) ?? [];
  if (code === undefined) throw new Error('docs/webhooks.md shows no receiver');
  return code;
}

describe('the receiver of docs/webhooks.md', () => {
  let database: TestDatabase;
  let server: WebhooksApplication;
  let folder: string;
  let receiver: ChildProcess;
  let url: string;
  let output = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onauth-receiver-'));
    await writeFile(join(folder, 'receiver.mjs'), await documentedReceiver());
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    receiver = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
      env: { PORT: String(port), WEBHOOK_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    receiver.stdout?.on('data', (chunk) => (output += String(chunk)));
    await until('the receiver listens', () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
    database = await databases[0].create();
    // Two secrets, as while they are changed: the receiver knows only the second one.
    const older = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`;
    server = await startWebhooks(database, { environment: { WEBHOOK_SECRET: `${older},${SECRET}` } });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    receiver.kill();
    await once(receiver, 'exit');
    await rm(folder, { recursive: true, force: true });
  });

  it('believes the server, also while the secret is changed', async () => {
    const body = { assistant_id: 'steps', input: {}, webhook: url };
    const { run_id } = objectOf(await server.alice('POST', '/runs', body));
    await until('the receiver says so', () => output.includes(`${String(run_id)} success\n`));
    await until('it is delivered', async () => (await server.deliveries()).length === 0);
  });

  const body = '{"run_id":"forged","status":"success"}';
  const sign = (id: string, at: number, key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')) => ({
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`,
  });
  const now = Math.floor(Date.now() / 1000);

  it.each([
    ['without a signature', {}],
    ['signed with another key', sign('1', now, Buffer.alloc(32))],
    ['that is old', sign('1', now - 3600)],
    ['with another id', { ...sign('1', now), 'webhook-id': '2' }],
    ['at another time', { ...sign('1', now), 'webhook-timestamp': String(now + 1) }],
    ['with a signature that is none', { ...sign('1', now), 'webhook-signature': 'v1,' }],
  ])('believes nothing %s', async (_what, headers: Record<string, string>) => {
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
    expect(output).not.toContain('forged');
  });

  it('would believe the same with the right signature', async () => {
    expect((await fetch(url, { method: 'POST', headers: sign('1', now), body })).status).toBe(204);
  });
});
