export const ROLE_NAMES = ['all', 'api', 'worker'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/**
 * What this process does of the service's work, next to others on the same database. Inject it where work is not done for a
 * request, and ask before doing any.
 *
 * @example
 * onApplicationBootstrap(): void {
 *   if (this.role.executes) this.timer = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
 * }
 */
export class ProcessRole {
  constructor(readonly name: RoleName) {}

  /** Runs, crons, sweeps, webhooks: whatever is done for nobody's request. */
  get executes(): boolean {
    return this.name !== 'api';
  }

  /** The API. A process that does not serve answers `/ok` and `/info` all the same. */
  get serves(): boolean {
    return this.name !== 'worker';
  }
}
