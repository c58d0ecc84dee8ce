import { execFileSync } from 'node:child_process';
import { ServerProcess } from '../../support/server.process.js';
import { RoundRobinProxy } from '../../support/cluster/round-robin.proxy.js';
import type { ComposeFile, ComposeService } from './compose.file.js';
import { commandIn, environmentOf, textsOf, type Stage } from './dockerfile.js';
import type { ImageTree } from './image.tree.js';

/** One container that runs our image, as a process: the same command, the same environment, the same files. */
export interface Container {
  readonly service: string;
  readonly process: ServerProcess;
  readonly url: string;
}

/** The services of a compose file that run our image, without a container engine. */
export class ComposedService {
  private constructor(
    readonly containers: readonly Container[],
    private readonly proxy: RoundRobinProxy,
    private readonly probe: readonly string[],
    private readonly tree: ImageTree,
  ) {}

  /**
   * Only what is an address is another one: the service `postgres` of the file is at `databaseUrl`, and each process listens on a
   * port of its own, as they share one machine.
   */
  static async start(
    file: ComposeFile,
    image: Stage,
    tree: ImageTree,
    databaseUrl: string,
  ): Promise<ComposedService> {
    const [command = []] = textsOf(image, 'CMD').map(commandIn);
    const [probe = []] = textsOf(image, 'HEALTHCHECK').map(commandIn);
    const spawn = async (service: string, { environment = {}, command: own }: ComposeService) => {
      const { DATABASE_URL: url, ...others } = environment;
      if (new URL(url).host !== 'postgres:5432')
        throw new Error(`${service} does not use the service postgres`);
      const addresses = { DATABASE_URL: databaseUrl, PORT: '0', HOST: '127.0.0.1' };
      const variables = { ...environmentOf(image), ...others, ...addresses };
      const process = new ServerProcess(tree.folder, variables, (own ?? command).slice(1));
      return { service, process, url: await process.up() };
    };
    const ours = Object.entries(file.services).filter(([, { image: name }]) => name === 'onauth-server');
    const containers = await Promise.all(
      ours.flatMap(([name, service]) =>
        Array.from({ length: service.deploy?.replicas ?? 1 }, () => spawn(name, service)),
      ),
    );
    const apis = containers.filter(({ service }) => service === 'api').map(({ url }) => url);
    return new ComposedService(containers, await RoundRobinProxy.start(() => apis), probe, tree);
  }

  /** The one address, as the service `proxy` is. */
  get url(): string {
    return this.proxy.url;
  }

  /** Whether the image's own probe finds a container well. */
  isHealthy({ url }: Container): boolean {
    const { port } = new URL(url);
    try {
      execFileSync(process.execPath, this.probe.slice(1), { cwd: this.tree.folder, env: { PORT: port } });
      return true;
    } catch {
      return false;
    }
  }

  /** As `docker compose stop`. */
  async stop(): Promise<void> {
    await this.proxy.stop();
    await Promise.all(this.containers.map(({ process }) => process.stop()));
  }
}
