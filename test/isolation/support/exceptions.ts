/**
 * Where the answer has to tell that an id is taken: a client chose it by itself, and cannot have it. Everything else is answered as
 * if the id had never existed.
 */
export interface Exception {
  readonly title: string;
  readonly place: string;
  readonly status: number;
  readonly detail: RegExp;
}

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
