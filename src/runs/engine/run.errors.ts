/** The thread has a run already, and the strategy is `reject`. Answered as 409. */
export class ThreadBusyError extends Error {
  override readonly name = 'ThreadBusyError';
  constructor(readonly threadId: string) {
    super(
      'Thread is already running a task. Wait for it to finish or choose a different multitask strategy.',
    );
  }
}

/** There is no such thread, or none that is visible: the two cannot be told apart. Answered as 404. */
export class ThreadNotVisibleError extends Error {
  override readonly name = 'ThreadNotVisibleError';
  constructor(readonly threadId: string) {
    super(`Thread with ID ${threadId} not found`);
  }
}

/** A thread was to be created under an id that is taken, by one that is not visible. Answered as 409. */
export class ThreadTakenError extends Error {
  override readonly name = 'ThreadTakenError';
  constructor(readonly threadId: string) {
    super('Thread already exists');
  }
}

/** A reader fell so far behind that the events it needs next are gone. It may read on from the newest one. */
export class EventsLostError extends Error {
  override readonly name = 'EventsLostError';
  constructor(runId: string) {
    super(`The reader of run ${runId} is too slow: events it did not read yet are no longer kept`);
  }
}

/** The server stops before the run has ended; the run goes on elsewhere, or after the next start. */
export class RunSuspendedError extends Error {
  override readonly name = 'RunSuspendedError';
  constructor() {
    super('The server is stopping. The run continues; ask for it again.');
  }
}
