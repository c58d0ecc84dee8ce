import { StreamableFile } from '@nestjs/common';
import { KeptAliveStream, type LongAnswerOptions } from './kept-alive.stream.js';

export interface ServerSentEvent {
  readonly event: string;
  /** The data as JSON, in one line. */
  readonly json: string;
  /** What a client names as `Last-Event-ID` to go on after this event. Left out for events that are in no log. */
  readonly id?: number | string;
}

/**
 * A comment line without the blank line that ends an event: some decoders take a blank line after a comment for an event,
 * once they have seen an id.
 */
const HEARTBEAT = ': heartbeat\n';
const LINE_BREAKS = /[\r\n\0]+/g;

/**
 * Answers with an event stream (WHATWG HTML, section 9.2): a heartbeat at once and every 5 s, then each event as it comes. A
 * failure of the source becomes an `error` event; the default one says nothing of it.
 *
 * @example
 * const abort = new AbortController();
 * return sseAnswer(engine.events(runId, { signal: abort.signal }), { abort });
 */
export function sseAnswer(
  events: AsyncIterable<ServerSentEvent>,
  options: LongAnswerOptions,
): StreamableFile {
  const wording = {
    keepAlive: HEARTBEAT,
    failure: (failure: object) => frame({ event: 'error', json: JSON.stringify(failure) }),
  };
  const stream = new KeptAliveStream(frames(events), wording, options);
  return new StreamableFile(stream, { type: 'text/event-stream' });
}

/** One event on the wire: always one line of data, as the clients of the contract expect it. */
export function frame({ event, json, id }: ServerSentEvent): string {
  const head = `event: ${event.replace(LINE_BREAKS, ' ')}\ndata: ${json.replace(LINE_BREAKS, ' ')}\n`;
  return id === undefined ? `${head}\n` : `${head}id: ${id}\n\n`;
}

async function* frames(events: AsyncIterable<ServerSentEvent>): AsyncIterable<string> {
  for await (const event of events) yield frame(event);
}
