import { BaseMessage, BaseMessageChunk } from '@langchain/core/messages';
import { toJson, toJsonObject, type JsonValue } from './serialize.js';

/** An event of stream mode `messages`, without its namespace. */
export interface MessageEvent {
  readonly event: 'messages/metadata' | 'messages/partial' | 'messages/complete';
  readonly data: JsonValue;
}

/**
 * Makes the events of stream mode `messages`: a message as far as its tokens came in, again with every token, and every message
 * that is new in the state, once.
 */
export class MessageAssembler {
  private readonly partial = new Map<string, BaseMessageChunk>();
  private readonly complete = new Set<string>();

  /** @param chunk a message, or a piece of one, as LangGraph streams it */
  *token(chunk: unknown, metadata: unknown): Generator<MessageEvent> {
    if (!BaseMessageChunk.isInstance(chunk) || chunk.id === undefined) return;
    const { id } = chunk;
    const before = this.partial.get(id);
    const message = before ? before.concat(chunk) : chunk;
    this.partial.set(id, message);
    if (!before) {
      yield { event: 'messages/metadata', data: toJsonObject({ [id]: { metadata } }) };
    }
    yield { event: 'messages/partial', data: toJson([message]) };
  }

  /** @param values the state after a step */
  *state(values: unknown): Generator<MessageEvent> {
    const fresh = messagesOf(values).filter(({ id }) => id !== undefined && !this.complete.has(id));
    if (fresh.length === 0) return;
    for (const { id } of fresh) if (id !== undefined) this.complete.add(id);
    yield { event: 'messages/complete', data: toJson(fresh) };
  }
}

function messagesOf(values: unknown): BaseMessage[] {
  if (typeof values !== 'object' || values === null || !('messages' in values)) return [];
  const { messages } = values;
  return (Array.isArray(messages) ? messages : [messages]).filter((entry) => BaseMessage.isInstance(entry));
}
