import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 5;
/** Of Linux, in every configuration that Node runs on. */
const MICROS_PER_TICK = 10_000;

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: SpawnOptions['stdio'];
}

/** A process under test: it can be halted while another one is measured, and tells what it consumed. */
export class MeasuredProcess {
  readonly child: ChildProcess;
  private log = '';
  private readonly kill = (): void => void this.child.kill('SIGKILL');

  constructor({ args, cwd, env = {}, stdio = ['ignore', 'pipe', 'pipe'] }: ProcessOptions) {
    this.child = spawn(process.execPath, [...args], { cwd, env: { PATH: process.env.PATH, ...env }, stdio });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.log = `${this.log}${String(chunk)}`.slice(-4_000)));
    process.once('exit', this.kill);
  }

  /** What it printed last, for messages. */
  get output(): string {
    return this.log;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  halt(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    process.off('exit', this.kill);
    if (this.hasEnded) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.kill();
    await ended;
  }

  /** User and system time in microseconds, all threads; NaN where the system does not tell. */
  cpuMicros(): number {
    // The second field may hold blanks, but only in its parentheses.
    const fields = this.read('stat')?.split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
  }

  /** In MiB; NaN where the system does not tell. */
  residentMemory(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(this.read('status') ?? '')?.[1]) / 1024;
  }

  private read(file: string): string | undefined {
    try {
      return readFileSync(`/proc/${this.child.pid}/${file}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}

/** A server under test, up and answering. */
export class ServerProcess extends MeasuredProcess {
  private constructor(
    readonly url: string,
    options: ProcessOptions,
  ) {
    super(options);
  }

  /**
   * @param headers of the request that tells whether it is up
   * @returns the server and how many milliseconds it took from its start to its first answer
   */
  static async start(
    port: number,
    options: ProcessOptions,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly server: ServerProcess; readonly tookMs: number }> {
    const start = performance.now();
    const server = new ServerProcess(`http://127.0.0.1:${port}`, options);
    try {
      await server.answers(headers);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { server, tookMs: performance.now() - start };
  }

  private async answers(headers: Readonly<Record<string, string>>): Promise<void> {
    const end = performance.now() + READY_WITHIN_MS;
    while (performance.now() < end) {
      if (this.hasEnded) throw new Error(`a server ended before it was up: ${this.output}`);
      const answer = await fetch(`${this.url}/ok`, { headers }).catch(() => undefined);
      if (answer?.ok) {
        await answer.text();
        return;
      }
      await sleep(POLL_MS);
    }
    throw new Error(`a server was not up in time: ${this.output}`);
  }
}
