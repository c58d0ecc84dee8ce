import type { BaseChatModel } from '@langchain/core/language_models/chat_models';

export interface AgentModelOptions {
  readonly openaiApiKey?: string;
  readonly anthropicApiKey?: string;
  /** The provider's name for the model. Names that begin with `claude` are Anthropic's. */
  readonly model?: string;
}

const OPENAI_DEFAULT = 'gpt-5-mini';
const ANTHROPIC_DEFAULT = 'claude-haiku-4-5';

/** The model to talk to, or nothing where there is no key for one. With both keys, the name of the model decides. */
export async function loadAgentModel(options: AgentModelOptions): Promise<BaseChatModel | undefined> {
  const { openaiApiKey, anthropicApiKey, model } = options;
  const prefersAnthropic = openaiApiKey === undefined || model?.startsWith('claude') === true;
  if (anthropicApiKey !== undefined && prefersAnthropic) {
    const { ChatAnthropic } = await import('@langchain/anthropic');
    return new ChatAnthropic({ apiKey: anthropicApiKey, model: model ?? ANTHROPIC_DEFAULT });
  }
  if (openaiApiKey === undefined) return undefined;
  const { ChatOpenAI } = await import('@langchain/openai');
  return new ChatOpenAI({ apiKey: openaiApiKey, model: model ?? OPENAI_DEFAULT });
}
