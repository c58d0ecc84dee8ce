import { PROFILER, machinery, steps } from './steps.js';

/** As V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds from each sample to the next. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

const IDLE = '(idle)';
const FUNCTIONS = 45;
const OTHER = 'other';

/** The busy time of the main thread, by step and by function. */
export function describeProfile(profile: CpuProfile): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const stepOf = stepsOf(profile.nodes);
  const byStep = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id);
    const took = profile.timeDeltas[index] ?? 0;
    const step = stepOf.get(id) ?? OTHER;
    if (!node || node.callFrame.functionName === IDLE || step === PROFILER) continue;
    busy += took;
    add(byStep, step, took);
    add(byFunction, nameOf(node), took);
  }
  return [
    `busy for ${(busy / 1_000).toFixed(0)} ms`,
    '',
    'by step',
    ...lines(byStep, busy, byStep.size),
    '',
    'by function, itself alone',
    ...lines(byFunction, busy, FUNCTIONS),
    '',
  ].join('\n');
}

/** Native functions and those of no step belong to who called them. */
function stepsOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: ProfileNode, inherited: string): void => {
    const { functionName, url } = node.callFrame;
    const own = machinery.get(functionName) ?? steps.find(({ files }) => url !== '' && files.test(url))?.step;
    const step = own ?? inherited;
    found.set(node.id, step);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) visit(child, step);
    }
  };
  visit(nodes[0], OTHER);
  return found;
}

function add(times: Map<string, number>, key: string, took: number): void {
  times.set(key, (times.get(key) ?? 0) + took);
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\/src\//, 'src/');
  return `${functionName || '(anonymous)'} ${file && `${file}:${lineNumber + 1}`}`;
}

function lines(times: ReadonlyMap<string, number>, total: number, most: number): readonly string[] {
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([name, took]) => `${((100 * took) / total).toFixed(1).padStart(6)} %  ${name}`);
}
