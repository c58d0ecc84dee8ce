import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ThreadCheckpoints } from '../../src/graphs/checkpointer/checkpoint.keeper.js';
import { databases } from '../support/databases.js';
import { as } from './support/graph.database.js';
import { GraphHarness, hello } from './support/graph.harness.js';

describe.each(databases)('the past of a thread on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  beforeAll(async () => {
    graphs = await GraphHarness.open(await create());
  });
  afterAll(() => graphs.close());

  const rowsOf = (threadId: string): Promise<ThreadCheckpoints> =>
    as('alice', () => graphs.keeper.read(threadId));
  const deleteRun = (threadId: string, runId: string): Promise<void> =>
    as('alice', () => graphs.keeper.deleteRun(threadId, runId));

  describe('copied', () => {
    it('is the same on the other thread', async () => {
      const [from, to] = [await graphs.createThread(), await graphs.createThread()];
      await graphs.run('agent', hello, { threadId: from });
      await graphs.run('agent', hello, { threadId: from });
      await as('alice', () => graphs.keeper.copyThread(from, to));
      const [original, copy] = [await graphs.historyOf(from, 'agent'), await graphs.historyOf(to, 'agent')];
      expect(JSON.stringify(copy)).toBe(JSON.stringify(original).replaceAll(from, to));
    });

    it('names the other thread nowhere', async () => {
      const [from, to] = [await graphs.createThread(), await graphs.createThread()];
      await graphs.run('nested', { ask: true }, { threadId: from });
      await as('alice', () => graphs.keeper.copyThread(from, to));
      expect(JSON.stringify(await rowsOf(to))).not.toContain(from);
    });

    it('goes its own way from there', async () => {
      const [from, to] = [await graphs.createThread(), await graphs.createThread()];
      await graphs.run('review', { text: 'news' }, { threadId: from });
      await as('alice', () => graphs.keeper.copyThread(from, to));
      await graphs.run('review', null, { threadId: to, command: { resume: 'no' } });
      await graphs.run('review', null, { threadId: from, command: { resume: 'yes' } });
      expect((await graphs.stateOf(to, 'review')).values).toMatchObject({ verdict: 'no' });
      expect((await graphs.stateOf(from, 'review')).values).toMatchObject({ verdict: 'yes' });
    });
  });

  describe('rolled back by a run', () => {
    it('is what it was before the run', async () => {
      const threadId = await graphs.createThread();
      await graphs.run('agent', hello, { threadId });
      const before = await rowsOf(threadId);
      const runId = crypto.randomUUID();
      await graphs.run('agent', { messages: 'regretted' }, { threadId, runId });
      await deleteRun(threadId, runId);
      expect(await rowsOf(threadId)).toEqual(before);
    });

    it('is nothing where the run was the first', async () => {
      const threadId = await graphs.createThread();
      const runId = crypto.randomUUID();
      await graphs.run('nested', { ask: true }, { threadId, runId });
      await deleteRun(threadId, runId);
      expect(await rowsOf(threadId)).toEqual({ checkpoints: [], blobs: [], writes: [] });
    });

    it('waits for an answer again where the run had given one', async () => {
      const threadId = await graphs.createThread();
      await graphs.run('review', { text: 'news' }, { threadId });
      const before = await graphs.stateOf(threadId, 'review');
      const runId = crypto.randomUUID();
      await graphs.run('review', null, { threadId, runId, command: { resume: 'no' } });
      await deleteRun(threadId, runId);
      expect(await graphs.stateOf(threadId, 'review')).toEqual(before);
      await graphs.run('review', null, { threadId, command: { resume: 'yes' } });
      expect((await graphs.stateOf(threadId, 'review')).values).toMatchObject({ verdict: 'yes' });
    });

    it('never shows the values of the run that was taken back', async () => {
      const threadId = await graphs.createThread();
      await graphs.run('agent', hello, { threadId });
      const runId = crypto.randomUUID();
      await graphs.run('agent', { messages: 'regretted' }, { threadId, runId });
      await deleteRun(threadId, runId);
      await graphs.run('agent', { messages: 'better' }, { threadId });
      const { values } = await graphs.stateOf(threadId, 'agent');
      expect(JSON.stringify(values)).toContain('better');
      expect(JSON.stringify(values)).not.toContain('regretted');
    });

    it('keeps what later runs built on it', async () => {
      const threadId = await graphs.createThread();
      const runId = crypto.randomUUID();
      await graphs.run('agent', hello, { threadId, runId });
      await graphs.run('agent', { messages: 'later' }, { threadId });
      const { values } = await graphs.stateOf(threadId, 'agent');
      await deleteRun(threadId, runId);
      const history = await graphs.historyOf(threadId, 'agent');
      expect(history[0]?.values).toEqual(values);
      expect(history).toHaveLength(3);
      expect(history.at(-1)?.parent_checkpoint).toBeNull();
    });
  });

  describe('made of deltas', () => {
    const say = (threadId: string, text: string, runId = crypto.randomUUID()): Promise<unknown> =>
      graphs.run('delta', { messages: [{ role: 'user', content: text }] }, { threadId, runId });

    async function texts(threadId: string): Promise<string[]> {
      const { values } = await graphs.stateOf(threadId, 'delta');
      return (values as { messages: { content: string }[] }).messages.map(({ content }) => content);
    }

    it('is read as a whole, and so is its copy', async () => {
      const [threadId, copy] = [await graphs.createThread(), await graphs.createThread()];
      await say(threadId, 'one');
      await say(threadId, 'two');
      await as('alice', () => graphs.keeper.copyThread(threadId, copy));
      for (const thread of [threadId, copy])
        expect(await texts(thread)).toEqual(['one', 'echo: one', 'two', 'echo: two']);
    });

    it('is not broken by deleting a run in its middle, nor by cutting it down', async () => {
      const threadId = await graphs.createThread();
      const runId = crypto.randomUUID();
      await say(threadId, 'one', runId);
      await say(threadId, 'two');
      await deleteRun(threadId, runId);
      await as('alice', () => graphs.keeper.keepLatest(threadId));
      expect(await texts(threadId)).toEqual(['one', 'echo: one', 'two', 'echo: two']);
    });

    it('can take its last run back', async () => {
      const threadId = await graphs.createThread();
      const runId = crypto.randomUUID();
      await say(threadId, 'one');
      await say(threadId, 'two', runId);
      await deleteRun(threadId, runId);
      await say(threadId, 'three');
      expect(await texts(threadId)).toEqual(['one', 'echo: one', 'three', 'echo: three']);
    });
  });

  describe('cut down to the latest', () => {
    it('is one checkpoint with the same state', async () => {
      const threadId = await graphs.createThread();
      await graphs.run('agent', hello, { threadId });
      await graphs.run('agent', hello, { threadId });
      const { values } = await graphs.stateOf(threadId, 'agent');
      await as('alice', () => graphs.keeper.keepLatest(threadId));
      const history = await graphs.historyOf(threadId, 'agent');
      expect(history).toMatchObject([{ values, parent_checkpoint: null }]);
      const { checkpoints, blobs } = await rowsOf(threadId);
      expect(checkpoints).toHaveLength(1);
      expect(new Set(blobs.map(({ channel }) => channel)).size).toBe(blobs.length);
    });

    it('still waits for the answer to a question, of a subgraph too', async () => {
      const threadId = await graphs.createThread();
      await graphs.run('nested', { ask: true }, { threadId });
      await as('alice', () => graphs.keeper.keepLatest(threadId));
      await graphs.run('nested', null, { threadId, command: { resume: 'left' } });
      expect((await graphs.stateOf(threadId, 'nested')).values).toMatchObject({
        trail: ['root', 'branch', 'leaf left'],
      });
    });

    it('is nothing where there was nothing', async () => {
      const threadId = await graphs.createThread();
      await as('alice', () => graphs.keeper.keepLatest(threadId));
      expect(await rowsOf(threadId)).toEqual({ checkpoints: [], blobs: [], writes: [] });
    });
  });
});
