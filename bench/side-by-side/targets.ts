import type { SideName } from '../cases/case.js';

/** How the service has to compare with another side. */
export type Target =
  | { readonly kind: 'ratio'; readonly atLeast: number; readonly fromThreads?: number }
  | { readonly kind: 'adds'; readonly atMostMs: number };

const atLeast = (ratio: number, fromThreads?: number): Target => ({
  kind: 'ratio',
  atLeast: ratio,
  fromThreads,
});
const adds = (ms: number): Target => ({ kind: 'adds', atMostMs: ms });

/** By the title of the metric, and by whom it is compared with; of several the last one that applies. */
const targets: Readonly<Record<string, Partial<Readonly<Record<SideName, readonly Target[]>>>>> = {
  get: { floor: [atLeast(0.6)], peer: [atLeast(1.6)] },
  create: { floor: [atLeast(0.5)], peer: [atLeast(0.8)] },
  patch: { peer: [atLeast(1)] },
  search: { floor: [atLeast(0.5)], peer: [atLeast(25, 10_000), atLeast(150, 50_000)] },
  'search, metadata': { peer: [atLeast(20, 10_000)] },
  count: { peer: [atLeast(20, 10_000)] },
  'get, largest': { 'smallest database': [atLeast(0.85)] },
  'search, largest': { 'smallest database': [atLeast(0.85)] },
  'get, sources': { 'authentication alone': [atLeast(0.9)], 'no authorization': [atLeast(0.9)] },
  'runs/wait, stateful': { 'bare graph': [atLeast(0.5)], peer: [atLeast(5)] },
  'runs/wait, stateless': { peer: [atLeast(5)] },
  'runs/wait, one at a time': { 'bare graph': [adds(5)], peer: [atLeast(40)] },
  'end of stream, 1 stream': { 'bare graph': [adds(5)], peer: [atLeast(40)] },
  'first event, 32 streams': { peer: [atLeast(4)] },
  'resident memory, after the load': { peer: [atLeast(2, 50_000)] },
  'start-up, empty database': { peer: [atLeast(1.3)] },
};

/** Nothing where only the number is of interest. */
export function targetOf(title: string, against: SideName, threads: number): Target | undefined {
  return targets[title]?.[against]?.findLast(
    (target) => target.kind === 'adds' || (target.fromThreads ?? 0) <= threads,
  );
}
