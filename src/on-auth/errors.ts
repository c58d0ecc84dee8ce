/** Nobody proved who they are. Answered as 401. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  constructor(
    message = 'Unauthorized',
    readonly headers: Readonly<Record<string, string>> = { 'www-authenticate': 'Bearer' },
  ) {
    super(message);
  }
}

/** The caller is known, but is not let in now: what an `Admission` throws. Answered as its status. */
export class NotAdmittedError extends Error {
  override readonly name: string = 'NotAdmittedError';
  constructor(
    readonly status: 429 | 503,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A handler, or the lack of one, refused. Answered as 403. */
export class ForbiddenError extends Error {
  override readonly name: string = 'ForbiddenError';
  constructor(message = 'Forbidden') {
    super(message);
  }
}

/** A handler broke its contract (threw, timed out, changed an id, gave no decision). Answered as 500, without its text. */
export class HandlerFaultError extends Error {
  override readonly name = 'HandlerFaultError';
}

/** The module is wired wrongly; the boot stops. The message names class, method and cure. */
export class WiringError extends Error {
  override readonly name = 'WiringError';
}

/** A query on scoped data without a decision for its resource. Answered as 500; nothing was read. */
export class ScopeMissingError extends Error {
  override readonly name = 'ScopeMissingError';
}
