import type { Reading, Readings } from '../load/reading.js';
import type { BareGraph } from '../servers/bare.graph.js';
import type { ServerProcess } from '../servers/server.process.js';
import type { World } from './world.js';

/** Who is compared. The first of each case is the service. */
export type SideName =
  | 'service'
  | 'floor'
  | 'peer'
  | 'bare graph'
  | 'service, other policy'
  | 'service, sources'
  | 'no authorization'
  | 'authentication alone'
  | 'smallest database';

/** One of the servers of an arena, as a case gets it. */
export interface Side {
  readonly name: SideName;
  readonly process: ServerProcess | BareGraph;
  readonly world: World;
  /** Starts another one like it on an empty database, and ends it: milliseconds until its first answer. */
  readonly startUp?: () => Promise<Reading>;
}

/**
 * What stands beside what: the servers that a user could run, on databases of one size; the service with a policy of searches that
 * reach further; with and without authorization; or on the smallest and on the largest database.
 */
export type ArenaName = 'main' | 'reach' | 'authorization' | 'flatness';

export interface Metric {
  /** In the readings. */
  readonly key: string;
  readonly title: string;
  readonly unit: '/s' | 'ms' | 'MiB';
  readonly better: 'more' | 'less';
}

/** Something that is measured on several servers in turn. */
export interface BenchCase {
  readonly name: string;
  readonly arena: ArenaName;
  readonly sides: readonly SideName[];
  readonly metrics: readonly Metric[];
  measure(side: Side, seconds: number): Promise<Readings>;
}

/** The server of a side. @throws TypeError where it is none */
export function serverOf({ name, process }: Side): ServerProcess {
  if ('url' in process) return process;
  throw new TypeError(`${name} is no server`);
}
