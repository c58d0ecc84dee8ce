import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import pg from 'pg';
import { callerOf, type Caller } from '../../../support/application.js';
import { rowSecurityIn, type TestDatabase } from '../../../support/databases.js';
import { eventsOf, type ReadEvent } from '../../api/runs.application.js';

const FIXTURE = fileURLToPath(new URL('./server.fixture.ts', import.meta.url));
const LOADER = fileURLToPath(new URL('../../engine/support/typescript.loader.mjs', import.meta.url));

/** So long that no heartbeat comes within a test: what is heard is heard by signals. */
export const NO_HEARTBEAT = '3000000';

/** One process of the service. */
export interface Member {
  readonly url: string;
  readonly child: ChildProcess;
  readonly alice: Caller;
  readonly bob: Caller;
  /** A request whose answer is read piece by piece. */
  readonly open: (path: string, options?: OpenOptions) => Promise<LiveAnswer>;
}

export interface OpenOptions {
  readonly body?: object;
  readonly lastEventId?: string;
}

/** Processes on one database, and the gates that let their graphs go on. */
export class Cluster {
  private readonly children: ChildProcess[] = [];
  private readonly secret = randomBytes(32).toString('base64url');
  private gates = 0;

  private constructor(
    readonly database: TestDatabase,
    private readonly folder: string,
  ) {}

  static async on(database: TestDatabase): Promise<Cluster> {
    return new Cluster(database, await mkdtemp(join(tmpdir(), 'onauth-cluster-')));
  }

  /** Starts a process. Its environment says what differs from a process with everything that never hears its own heartbeat. */
  async start(environment: Record<string, string> = {}): Promise<Member> {
    const child = spawn(process.execPath, ['--import', LOADER, FIXTURE], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        DATABASE_URL: this.database.url,
        ...rowSecurityIn(this.database.url),
        AUTH_JWT_SECRET: this.secret,
        LEASE_MS: NO_HEARTBEAT,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    const url = await urlOf(child);
    const alice = await this.token('alice');
    return {
      url,
      child,
      alice: callerOf(url, alice),
      bob: callerOf(url, await this.token('bob')),
      open: (path, options) => LiveAnswer.open(`${url}${path}`, alice, options),
    };
  }

  /** A gate that nobody else waits at. */
  gate(): string {
    return join(this.folder, `gate-${(this.gates += 1)}`);
  }

  async openGate(gate: string): Promise<void> {
    await writeFile(gate, '');
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    try {
      return (await client.query(sql, parameters)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map(ended));
    await rm(this.folder, { recursive: true, force: true });
    await this.database.drop();
  }

  private token(identity: string): Promise<string> {
    return new SignJWT({ permissions: [] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(identity)
      .setExpirationTime('1h')
      .sign(Buffer.from(this.secret));
  }
}

/** An answer that goes on while the test does something else. */
export class LiveAnswer {
  private text = '';
  private over = false;
  private readonly whole: Promise<string>;

  private constructor(
    readonly headers: Headers,
    body: ReadableStream<Uint8Array>,
    private readonly abort: AbortController,
  ) {
    this.whole = this.read(body);
    this.whole.catch(() => undefined).finally(() => (this.over = true));
  }

  static async open(
    url: string,
    token: string,
    { body, lastEventId }: OpenOptions = {},
  ): Promise<LiveAnswer> {
    const abort = new AbortController();
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: abort.signal,
    });
    if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    return new LiveAnswer(response.headers, response.body, abort);
  }

  get isOver(): boolean {
    return this.over;
  }

  /** What has come so far, whole events only. */
  get soFar(): ReadEvent[] {
    return wholeEvents(this.text);
  }

  /** Settles when so many events have come. */
  async has(count: number): Promise<ReadEvent[]> {
    await until(`${count} events`, () => this.soFar.length >= count);
    return this.soFar;
  }

  /** Every event, when the answer is over. */
  async events(): Promise<ReadEvent[]> {
    return eventsOf(await this.whole);
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.whole);
  }

  leave(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<string> {
    const decoder = new TextDecoder();
    for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
    return this.text;
  }
}

/** The events of a transcript that is not at its end. */
export function wholeEvents(text: string): ReadEvent[] {
  const end = text.lastIndexOf('\n\n');
  return end < 0 ? [] : eventsOf(text.slice(0, end + 2));
}

/** Looks again and again until it is so; a test that waits in vain fails with what it was waiting for. */
export async function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await test())) {
    if (Date.now() > deadline) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function urlOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  for (let waited = 0; waited < 60_000; waited += 50) {
    const url = /up at (http:\S+)/.exec(output)?.[1];
    if (url) return url.replace('[::1]', '127.0.0.1');
    if (child.exitCode !== null) throw new Error(`a process ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('a process did not come up');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
