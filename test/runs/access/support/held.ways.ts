import { LiveAnswer } from '../../cluster/support/cluster.js';

/** Where an answer that goes on can be asked for: of a thread, and of a run on it that goes on. */
export interface Place {
  readonly url: string;
  readonly thread: string;
  readonly run: string;
}

export interface HeldWay {
  readonly name: string;
  readonly isStream: boolean;
  /** Brings a thread of its own along, which nobody else can reach. */
  readonly isStateless?: boolean;
  readonly open: (place: Place, token: string) => Promise<LiveAnswer>;
}

/** Much longer than a test. */
const ENDLESS = { assistant_id: 'slow', input: { ms: 60_000 }, multitask_strategy: 'enqueue' };

const posting =
  (path: (place: Place) => string, more: object = {}): HeldWay['open'] =>
  (place, token) =>
    LiveAnswer.open(`${place.url}${path(place)}`, token, { body: { ...ENDLESS, ...more } });

const getting =
  (path: (place: Place) => string): HeldWay['open'] =>
  (place, token) =>
    LiveAnswer.open(`${place.url}${path(place)}`, token);

/** Every route whose answer goes on for as long as something else does. */
export const heldWays: readonly HeldWay[] = [
  {
    name: 'GET /threads/:thread_id/stream',
    isStream: true,
    open: getting(({ thread }) => `/threads/${thread}/stream`),
  },
  {
    name: 'GET /threads/:thread_id/runs/:run_id/stream',
    isStream: true,
    open: getting(({ thread, run }) => `/threads/${thread}/runs/${run}/stream`),
  },
  {
    name: 'GET /threads/:thread_id/runs/:run_id/join',
    isStream: false,
    open: getting(({ thread, run }) => `/threads/${thread}/runs/${run}/join`),
  },
  {
    name: 'GET /runs/:run_id/stream',
    isStream: true,
    open: getting(({ run }) => `/runs/${run}/stream`),
  },
  {
    name: 'GET /runs/:run_id/join',
    isStream: false,
    open: getting(({ run }) => `/runs/${run}/join`),
  },
  {
    name: 'POST /threads/:thread_id/runs/stream',
    isStream: true,
    open: posting(({ thread }) => `/threads/${thread}/runs/stream`),
  },
  {
    name: 'POST /threads/:thread_id/runs/wait',
    isStream: false,
    open: posting(({ thread }) => `/threads/${thread}/runs/wait`),
  },
  {
    name: 'POST /runs/stream',
    isStream: true,
    isStateless: true,
    open: posting(() => '/runs/stream'),
  },
  {
    name: 'POST /runs/wait',
    isStream: false,
    isStateless: true,
    open: posting(() => '/runs/wait'),
  },
];

/** What an answer says of its end: the last event of a stream, or the `__error__` that the body consists of. */
export async function lastWords(answer: LiveAnswer, { isStream }: HeldWay): Promise<unknown> {
  if (!isStream) return answer.json();
  const last = (await answer.events()).at(-1);
  return last?.event === 'error' ? { __error__: last.data } : last;
}

export function httpError(message: string): object {
  return { __error__: { error: 'HTTPException', message } };
}
