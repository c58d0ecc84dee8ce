import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppOptions } from '../../../src/app.module.js';
import type { RunEngineOptions } from '../../../src/runs/engine/run-engine.options.js';
import { ServerProcess } from '../server.process.js';
import { referenceTo } from './deployment.reference.js';
import { RoundRobinProxy } from './round-robin.proxy.js';

const LOADER = fileURLToPath(new URL('../../runs/engine/support/typescript.loader.mjs', import.meta.url));
const SERVICE = fileURLToPath(new URL('./service.process.ts', import.meta.url));

/** What a process does of the work of a cluster. */
export type MemberRole = 'api' | 'worker';
export const TWO_AND_TWO: readonly MemberRole[] = ['api', 'api', 'worker', 'worker'];

/** One place in a cluster: a process, or another one after it. */
export class Member {
  private process: ServerProcess | undefined;
  /** Where it listens; undefined while there is no process, or it is not up. */
  url: string | undefined;

  constructor(
    readonly role: MemberRole,
    private readonly spawn: () => ServerProcess,
  ) {}

  async start(): Promise<void> {
    const started = (this.process = this.spawn());
    const url = await started.up();
    if (this.process === started) this.url = url;
  }

  async kill(): Promise<void> {
    this.url = undefined;
    await this.process?.kill();
  }

  /** What it complained of. */
  get errors(): string {
    return this.process?.errors ?? '';
  }
}

/** Two processes that serve and two that execute, on one database, behind one address. */
export class ServiceCluster {
  private constructor(
    readonly members: readonly Member[],
    private readonly proxy: RoundRobinProxy,
    private readonly folder: string,
  ) {}

  /**
   * @param options.environment of each process, with its database and its keys
   * @param options.engine how the engine works, where the defaults do not fit
   */
  static async start(
    { environment = {}, ...options }: AppOptions,
    engine: Partial<RunEngineOptions> = {},
  ): Promise<ServiceCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'onauth-cluster-'));
    const shared = {
      ...environment,
      DEPLOYMENT: JSON.stringify(await referenceTo(options)),
      ENGINE: JSON.stringify(engine),
    };
    const members = TWO_AND_TWO.map(
      (role) =>
        new Member(
          role,
          () => new ServerProcess(folder, { ...shared, ROLE: role }, ['--import', LOADER, SERVICE]),
        ),
    );
    const proxy = await RoundRobinProxy.start(() =>
      members.flatMap(({ role, url }) => (role === 'api' && url !== undefined ? [url] : [])),
    );
    const cluster = new ServiceCluster(members, proxy, folder);
    try {
      await Promise.all(members.map((member) => member.start()));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The one address. */
  get url(): string {
    return this.proxy.url;
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await Promise.all(this.members.map((member) => member.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
