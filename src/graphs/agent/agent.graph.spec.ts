import { describe, expect, it } from '@jest/globals';
import { MemorySaver } from '@langchain/langgraph';
import { createAgentGraph } from './agent.graph.js';
import { loadAgentModel } from './agent.model.js';

async function ask(...turns: unknown[]): Promise<string[]> {
  const graph = createAgentGraph();
  graph.checkpointer = new MemorySaver();
  const config = { configurable: { thread_id: 'one' } };
  for (const turn of turns) await graph.invoke({ messages: turn as string }, config);
  const { values } = await graph.getState(config);
  return (values as { messages: { text: string }[] }).messages.map(({ text }) => text);
}

describe('the built-in agent', () => {
  it('echoes what it is told, without a key', async () => {
    expect(await ask([{ role: 'user', content: 'hi' }])).toEqual(['hi', 'echo: hi']);
  });

  it('remembers the conversation', async () => {
    expect(await ask('one', 'two')).toEqual(['one', 'echo: one', 'two', 'echo: two']);
  });

  it('echoes the text of a message in parts', async () => {
    const parts = [
      { type: 'text', text: 'see ' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,' } },
      { type: 'text', text: 'this' },
    ];
    expect((await ask([{ type: 'human', content: parts }])).at(-1)).toBe('echo: see this');
  });

  it('answers the last human message, not what came after it', async () => {
    const messages = [
      { role: 'user', content: 'question' },
      { role: 'assistant', content: 'answer' },
    ];
    expect((await ask(messages)).at(-1)).toBe('echo: question');
  });
});

describe('the model of the built-in agent', () => {
  const openaiApiKey = 'openai-key';
  const anthropicApiKey = 'anthropic-key';
  it.each([
    [{}, undefined, undefined],
    [{ model: 'gpt-5' }, undefined, undefined],
    [{ openaiApiKey }, 'ChatOpenAI', 'gpt-5-mini'],
    [{ anthropicApiKey }, 'ChatAnthropic', 'claude-haiku-4-5'],
    [{ openaiApiKey, anthropicApiKey }, 'ChatOpenAI', 'gpt-5-mini'],
    [{ openaiApiKey, anthropicApiKey, model: 'claude-opus-4-1' }, 'ChatAnthropic', 'claude-opus-4-1'],
    [{ openaiApiKey, model: 'gpt-5' }, 'ChatOpenAI', 'gpt-5'],
  ])('with %j is %s %s', async (options, provider, model) => {
    const loaded = await loadAgentModel(options);
    expect(loaded?.constructor.name).toBe(provider);
    expect((loaded as { model?: string } | undefined)?.model).toBe(model);
  });
});
