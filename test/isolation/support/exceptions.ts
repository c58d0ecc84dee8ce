import type { Exception } from '../../../src/testing/replay/exception.js';

const taken = (title: string, place: string, detail: RegExp, status = 409): Exception => ({
  title,
  place,
  status,
  detail,
});

const THREAD_TAKEN = /^Thread already exists$/;
const ASSISTANT_TAKEN = /^Assistant already exists$/;
const THREAD_MISSING = /^Thread with ID \S+ not found$/;

export const exceptions: readonly Exception[] = [
  taken('POST /threads', 'thread_id', THREAD_TAKEN),
  taken('POST /threads (do_nothing)', 'thread_id', THREAD_TAKEN),
  taken('POST /threads (with a past)', 'thread_id', THREAD_TAKEN),
  taken('POST /assistants', 'assistant_id', ASSISTANT_TAKEN),
  taken('POST /assistants (do_nothing)', 'assistant_id', ASSISTANT_TAKEN),
  ...['', '/stream', '/wait'].map((way) =>
    taken(
      `POST /threads/:thread_id/runs${way} (on a thread that it makes)`,
      'thread_id',
      THREAD_MISSING,
      404,
    ),
  ),
];
