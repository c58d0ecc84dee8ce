import {
  targetOf,
  textsOf,
  type ReplayRequest,
  type Reply,
  type Send,
} from '../../../src/testing/replay/request.js';

/** A stream that has nothing more to say is left: those of threads never end. All others end long before. */
const ENDLESS = 'GET /threads/:thread_id/stream';
const SILENCE_MS = { endless: 300, ending: 30_000 };

/** Sends requests to a server, streams included. */
export function senderTo(url: string): Send {
  return async (request, proof) => {
    const abort = new AbortController();
    const response = await fetch(`${url}${targetOf(request)}`, {
      method: request.verb,
      signal: abort.signal,
      headers: {
        ...proof,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...textsOf(request.header),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    return replyOf(request, response, abort);
  };
}

async function replyOf(
  { verb, pattern }: ReplayRequest,
  response: Response,
  abort: AbortController,
): Promise<Reply> {
  const { status, headers } = response;
  const silence = `${verb} ${pattern}` === ENDLESS ? SILENCE_MS.endless : SILENCE_MS.ending;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream');
  // What keeps a slow answer alive is a matter of time: heartbeats of a stream, line breaks before late JSON.
  const text = isStream
    ? (await readStream(response, abort, silence)).replaceAll(HEARTBEAT, '')
    : (await response.text()).trimStart();
  return { status, headers: [...headers], text };
}

const HEARTBEAT = /^: heartbeat\n+/gm;

async function readStream({ body }: Response, abort: AbortController, silence: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const leave = setTimeout(() => abort.abort(), silence);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      leave.refresh();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    text += '(still open)';
  } finally {
    clearTimeout(leave);
  }
  return text;
}
