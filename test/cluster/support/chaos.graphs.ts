import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, interrupt, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';

const STEPS = ['one', 'two', 'three'] as const;
const WORDS_PER_STEP = 8;

const Diary = Annotation.Root({
  name: Annotation<string>,
  /** How long each word takes. */
  ms: Annotation<number>,
  diary: Annotation<string[]>({ reducer: (before, added) => before.concat(added), default: () => [] }),
});

function step(which: string) {
  return async ({ name, ms }: typeof Diary.State, { writer, signal }: LangGraphRunnableConfig) => {
    for (let word = 0; word < WORDS_PER_STEP; word++) {
      writer?.(`${name} ${which} ${word}`);
      await sleep(ms, undefined, { signal });
    }
    return { diary: [`${name} ${which}`] };
  };
}

/** Three steps, each of which says its words and leaves one line in the diary of its thread. */
const diaryGraph = new StateGraph(Diary)
  .addNode('one', step('one'))
  .addNode('two', step('two'))
  .addNode('three', step('three'))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .addEdge('two', 'three')
  .compile();

/** Says a few words, asks, and says the rest when it has an answer. */
const questionGraph = new StateGraph(Diary)
  .addNode('one', step('one'))
  .addNode('two', ({ name }) => ({ diary: [`${name} two ${String(interrupt('go on?'))}`] }))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();

export const chaosGraphs = { diary: diaryGraph, question: questionGraph };

/** What a run that came to its end has left on its thread. */
export const linesOf = (name: string): string[] => STEPS.map((which) => `${name} ${which}`);

/** What a run that came to its end has said, each word once. */
export const wordsOf = (name: string): string[] =>
  linesOf(name).flatMap((line) => Array.from({ length: WORDS_PER_STEP }, (_, word) => `${line} ${word}`));
