import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const Log = Annotation.Root({
  log: Annotation<string[]>({ reducer: (before, added) => before.concat(added), default: () => [] }),
  name: Annotation<string>,
});

/** Opens for one run at a time: a test lets the run named so go on. */
export class Gates {
  private readonly opened = new Map<string, () => void>();
  private readonly waiting = new Map<string, Promise<void>>();
  readonly entered: string[] = [];

  /** What a node waits for, or until its run is stopped. */
  async pass(name: string, signal: AbortSignal | undefined): Promise<void> {
    this.entered.push(name);
    await Promise.race([this.gate(name), aborted(signal)]);
    signal?.throwIfAborted();
  }

  open(name: string): void {
    void this.gate(name);
    this.opened.get(name)?.();
  }

  private gate(name: string): Promise<void> {
    const known = this.waiting.get(name);
    if (known) return known;
    const gate = new Promise<void>((resolve) => this.opened.set(name, resolve));
    this.waiting.set(name, gate);
    return gate;
  }
}

/** The gates of this test process. Names are unique to a test. */
export const gates = new Gates();

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}

/** Waits at its gate, between a step before and a step after it. */
const gatedGraph = new StateGraph(Log)
  .addNode('before', ({ name }) => ({ log: [`${name} came`] }))
  .addNode('gate', async ({ name }, config: LangGraphRunnableConfig) => {
    await gates.pass(name, config.signal);
    return { log: [`${name} passed`] };
  })
  .addEdge(START, 'before')
  .addEdge('before', 'gate')
  .compile();

/** Says the same thing twice in each of its steps, and waits at its gate in the second one, which says more afterwards. */
const sayingGraph = new StateGraph(Log)
  .addNode('one', (_state, { writer }: LangGraphRunnableConfig) => {
    writer?.('same');
    writer?.('same');
    return { log: ['one'] };
  })
  .addNode('two', async ({ name }, { writer, signal }: LangGraphRunnableConfig) => {
    writer?.('same');
    writer?.('same');
    await gates.pass(name, signal);
    writer?.('same');
    writer?.('more');
    return { log: ['two'] };
  })
  .addNode('three', (_state, { writer }: LangGraphRunnableConfig) => {
    writer?.('same');
    writer?.('same');
    return { log: ['three'] };
  })
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', 'three')
  .compile();

const Shout = Annotation.Root({
  name: Annotation<string>,
  size: Annotation<number>,
  count: Annotation<number>,
});

/** Says something long, many times, once its gate is open. */
const loudGraph = new StateGraph(Shout)
  .addNode('shout', async ({ name, size, count }, { writer, signal }: LangGraphRunnableConfig) => {
    await gates.pass(name, signal);
    for (let said = 0; said < count; said++) writer?.(String(said).padStart(size, 'a'));
    return {};
  })
  .addEdge(START, 'shout')
  .compile();

export const engineGraphs = { gated: gatedGraph, loud: loudGraph, saying: sayingGraph };
