import { StreamableFile } from '@nestjs/common';
import { KeptAliveStream, type LongAnswerOptions } from './kept-alive.stream.js';

/**
 * Answers with JSON that may take minutes to come. A line break is sent at once and every 5 s: JSON may begin with white space,
 * the client has its headers, and no proxy takes the connection for dead. A failure is the contract's `__error__`.
 *
 * @example
 * const abort = new AbortController();
 * return lateJsonAnswer(engine.outcome(runId, abort.signal), { abort });
 */
export function lateJsonAnswer(result: Promise<unknown>, options: LongAnswerOptions): StreamableFile {
  const wording = {
    keepAlive: '\n',
    failure: (failure: object) => JSON.stringify({ __error__: failure }),
  };
  const stream = new KeptAliveStream(once(result), wording, options);
  return new StreamableFile(stream, { type: 'application/json; charset=utf-8' });
}

async function* once(result: Promise<unknown>): AsyncIterable<string> {
  yield JSON.stringify(await result) ?? 'null';
}
