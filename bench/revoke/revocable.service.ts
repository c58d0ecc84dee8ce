import { once } from 'node:events';
import { startRevocable, type StartedServer } from '../servers/launchers.js';

/** In MiB. */
export interface Memory {
  readonly resident: number;
  /** What is in use after a collection. */
  readonly heap: number;
}

const MEBIBYTE = 1024 * 1024;

/** A process of the service that takes orders from the benchmark. */
export class RevocableService {
  private constructor(private readonly server: StartedServer['server']) {}

  static async start(databaseUrl: string): Promise<RevocableService> {
    return new RevocableService((await startRevocable(databaseUrl)).server);
  }

  get url(): string {
    return this.server.url;
  }

  revoke(identity: string): void {
    this.server.child.send({ revoke: identity });
  }

  /** Processor time used so far, in milliseconds. */
  cpuMs(): number {
    return this.server.cpuMicros() / 1000;
  }

  async memory(): Promise<Memory> {
    const answered = once(this.server.child, 'message') as Promise<[NodeJS.MemoryUsage]>;
    this.server.child.send({});
    const [{ rss, heapUsed }] = await answered;
    return { resident: rss / MEBIBYTE, heap: heapUsed / MEBIBYTE };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
