import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArenaName, Side, SideName } from '../cases/case.js';
import { World } from '../cases/world.js';
import type { Reading } from '../load/reading.js';
import { seedPeer } from '../peer/peer.data.js';
import type { Databases } from '../population/databases.js';
import type { Population } from '../population/population.js';
import {
  startBareGraph,
  startFloor,
  startFromSources,
  startPeer,
  startService,
  type StartedServer,
} from '../servers/launchers.js';

export interface ArenaOptions {
  readonly name: ArenaName;
  readonly databases: Databases;
  readonly population: Population;
  /** For `flatness`: what the population is compared with. */
  readonly smallest: Population;
  readonly sides: ReadonlySet<SideName>;
  /** Where databases and data of servers are kept; removed at the end. */
  readonly folder: string;
}

/** Servers beside each other, each with a database of its own of the same content, all of them halted. */
export class Arena {
  private constructor(
    readonly options: ArenaOptions,
    readonly sides: readonly Side[],
  ) {}

  static async open(options: ArenaOptions): Promise<Arena> {
    const builder = new ArenaBuilder(options);
    try {
      await builder.build();
    } catch (error) {
      await Promise.all(builder.sides.map((side) => side.process.stop()));
      throw error;
    }
    return new Arena(options, builder.sides);
  }

  side(name: SideName): Side | undefined {
    return this.sides.find((side) => side.name === name);
  }

  async close(): Promise<void> {
    await Promise.all(this.sides.map((side) => side.process.stop()));
  }
}

class ArenaBuilder {
  readonly sides: Side[] = [];

  constructor(private readonly options: ArenaOptions) {}

  async build(): Promise<void> {
    const { databases, population, smallest, sides } = this.options;
    const world = await World.of(population);
    const template = await this.seeded(population);
    for (const side of sides) {
      if (side === 'peer') await this.addPeer(world);
      else if (side === 'smallest database')
        await this.addService(side, await this.seeded(smallest), await World.of(smallest));
      else await this.addOn(side, await databases.copy(template), world);
    }
  }

  /** A database whose tables and indexes the service has made. */
  private async seeded(population: Population): Promise<string> {
    const { databases, name } = this.options;
    const url = await databases.create();
    const { server } = await (name === 'main' || name === 'flatness'
      ? startService(url, await this.newFolder())
      : startFromSources('service', url));
    await server.stop();
    await databases.seed(url, population);
    return url;
  }

  private async addOn(side: SideName, url: string, world: World): Promise<void> {
    if (side === 'service') await this.addService(side, url, world);
    else this.add(side, world, { server: await startOn(side, url) });
  }

  private async addService(side: SideName, url: string, world: World): Promise<void> {
    const start = async (databaseUrl: string) => startService(databaseUrl, await this.newFolder());
    const startUp = async () => ended(await start(await this.options.databases.create()));
    this.add(side, world, await start(url), startUp);
  }

  private async addPeer(world: World): Promise<void> {
    const folder = await seedPeer(this.options.folder, this.options.population);
    const startUp = async () => ended(await startPeer(await this.newFolder()));
    this.add('peer', world, await startPeer(folder), startUp);
  }

  private add(
    name: SideName,
    world: World,
    { server }: { readonly server: Side['process'] },
    startUp?: Side['startUp'],
  ): void {
    server.halt();
    this.sides.push({ name, process: server, world, startUp });
  }

  private newFolder(): Promise<string> {
    return mkdtemp(join(this.options.folder, 'server-'));
  }
}

async function startOn(side: SideName, url: string): Promise<Side['process']> {
  switch (side) {
    case 'floor':
      return (await startFloor(url)).server;
    case 'bare graph':
      return startBareGraph(url);
    case 'service, other policy':
      return (await startFromSources('filters', url)).server;
    case 'service, sources':
      return (await startFromSources('service', url)).server;
    case 'authentication alone':
      return (await startFromSources('unauthorized', url, 'authenticated')).server;
    case 'no authorization':
      return (await startFromSources('unauthorized', url)).server;
    default:
      throw new TypeError(`${side} has no such database`);
  }
}

async function ended({ server, tookMs }: StartedServer): Promise<Reading> {
  const cpuMicros = server.cpuMicros();
  await server.stop();
  return { value: tookMs, cpuMicros };
}

/** @returns what `use` did; the folder is gone by then */
export async function inFolder<T>(parent: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'onauth-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
