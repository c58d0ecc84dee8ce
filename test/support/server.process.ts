import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(process.cwd(), 'dist/src/startup/start.cjs');
/** Where many start at the same time on a busy machine, a start takes long. */
const PATIENCE_MS = 120_000;

/** A server as a process of its own, in a folder, with nothing but this environment: what was built, unless given. */
export class ServerProcess {
  output = '';
  errors = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;

  constructor(folder: string, environment: Record<string, string>, command: readonly string[] = [MAIN]) {
    this.child = spawn(process.execPath, command, {
      cwd: folder,
      env: { PATH: process.env.PATH, ...environment },
    });
    this.child.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.errors += String(chunk)));
    this.exit = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Settles with the URL that the server prints. */
  async up(): Promise<string> {
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      const url = /is up at (http:\/\/[^\s,]+)/.exec(this.output)?.[1];
      if (url) return url.replace('[::1]', '127.0.0.1').replace('0.0.0.0', '127.0.0.1');
      if (this.hasEnded) throw new Error(`exited: ${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not up: ${this.output} ${this.errors}`);
  }

  ended(): Promise<number | null> {
    return this.exit;
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) this.child.kill('SIGTERM');
    await this.exit;
  }

  /** As a machine that loses its power does. */
  async kill(): Promise<void> {
    if (!this.hasEnded) this.child.kill('SIGKILL');
    await this.exit;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
