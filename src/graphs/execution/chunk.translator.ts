import { presentCheckpoint, type StreamedCheckpoint } from './checkpoint.presenter.js';
import { MessageAssembler } from './message.assembler.js';
import type { GraphEvent, StreamMode } from './run.request.js';
import { toJson, type JsonValue } from './serialize.js';

/** What LangGraph streams: where in the graph, in which of its modes, and what. */
export interface GraphChunk {
  /** Empty for the root graph, else the path of the subgraph. */
  readonly namespace: readonly string[];
  readonly mode: string;
  readonly payload: unknown;
}

/** Turns what LangGraph streams into the events of the contract, section 3.2, of the modes that were asked for. */
export class ChunkTranslator {
  private readonly wanted: ReadonlySet<StreamMode>;
  private readonly messages = new MessageAssembler();

  constructor(modes: readonly StreamMode[]) {
    this.wanted = new Set(modes);
  }

  *events({ namespace, mode, payload }: GraphChunk): Generator<GraphEvent> {
    const named = (event: string, data: JsonValue): GraphEvent => ({
      event: [event, ...namespace].join('|'),
      data,
    });
    switch (mode) {
      case 'messages':
        yield* this.message(payload, named);
        return;
      case 'values':
        if (this.wanted.has('values')) yield named('values', toJson(payload));
        if (this.wanted.has('messages'))
          for (const { event, data } of this.messages.state(payload)) yield named(event, data);
        return;
      case 'checkpoints':
        // With subgraphs, LangGraph adds a short form of its own, without values: no event of the contract.
        if (this.wanted.has('checkpoints') && isCheckpoint(payload))
          yield named(mode, presentCheckpoint(payload));
        return;
      case 'debug':
        yield named(mode, debugData(payload));
        return;
      default:
        yield named(mode, toJson(payload));
    }
  }

  private *message(
    payload: unknown,
    named: (event: string, data: JsonValue) => GraphEvent,
  ): Generator<GraphEvent> {
    if (!Array.isArray(payload)) return;
    const [message, metadata] = payload as unknown[];
    if (this.wanted.has('messages-tuple')) yield named('messages', toJson([message, metadata]));
    if (this.wanted.has('messages'))
      for (const { event, data } of this.messages.token(message, metadata)) yield named(event, data);
  }
}

function isCheckpoint(payload: unknown): payload is StreamedCheckpoint {
  return typeof payload === 'object' && payload !== null && 'values' in payload && 'tasks' in payload;
}

function debugData(payload: unknown): JsonValue {
  if (typeof payload !== 'object' || payload === null || !('payload' in payload)) return toJson(payload);
  const { payload: inner } = payload;
  return toJson({ ...payload, payload: isCheckpoint(inner) ? presentCheckpoint(inner) : inner });
}
