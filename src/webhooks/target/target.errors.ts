/** What a name stands for, or an address, must not be called. */
export class TargetNotAllowedError extends Error {
  override readonly name = 'TargetNotAllowedError';
  constructor() {
    super('The target of the webhook must not be called');
  }
}

/** The receiver took too long. */
export class TargetTimeoutError extends Error {
  override readonly name = 'TargetTimeoutError';
  constructor() {
    super('The receiver of the webhook took too long');
  }
}
