import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel, type BaseChatModelParams } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

export interface TokenModelOptions extends BaseChatModelParams {
  /** What to answer to a conversation. */
  readonly reply: (messages: readonly BaseMessage[]) => AIMessage;
}

/** A chat model without a network: its answer streams word by word. */
export class TokenModel extends BaseChatModel {
  private readonly reply: TokenModelOptions['reply'];

  constructor({ reply, ...options }: TokenModelOptions) {
    super(options);
    this.reply = reply;
  }

  override _llmType(): string {
    return 'tokens';
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = this.reply(messages);
    return { generations: [{ text: message.text, message }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const chunk of pieces(this.reply(messages))) {
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

/** Its words, then its tool calls. */
function pieces(message: AIMessage): ChatGenerationChunk[] {
  const words = message.text.split(/(?<= )/).filter((word) => word !== '');
  const calls = (message.tool_calls ?? []).map(({ id, name, args }, index) => ({
    id,
    name,
    args: JSON.stringify(args),
    index,
  }));
  return [
    ...words.map((text) => ({ text, message: new AIMessageChunk({ content: text }) })),
    ...(calls.length > 0
      ? [{ text: '', message: new AIMessageChunk({ content: '', tool_call_chunks: calls }) }]
      : []),
  ].map((piece) => new ChatGenerationChunk(piece));
}
