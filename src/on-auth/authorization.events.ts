import { Injectable } from '@nestjs/common';

/** What has changed about rights that were granted before. */
export type AuthorizationEvent =
  | { readonly kind: 'revoked'; readonly identity: string }
  | { readonly kind: 'changed'; readonly row: RowName };

/** A row whose metadata may be different now, or that is gone. */
export interface RowName {
  /** Such as `threads`. */
  readonly resource: string;
  readonly id: string;
}

/** Acts on an event. What it has done when it settles is what callers may rely on. */
export type AuthorizationListener = (event: AuthorizationEvent) => void | Promise<void>;

/**
 * Where the deployment tells that rights have ended which requests were granted before: an answer that takes its time, such as a
 * stream of events, ends then. Requests that come later are for the strategies and handlers to refuse; nothing is remembered here.
 * The agent server listens; an application of its own that holds answers open subscribes itself.
 *
 * @example
 * @Injectable()
 * export class AccountsService {
 *   constructor(private readonly events: AuthorizationEvents) {}
 *
 *   async disable(account: Account): Promise<void> {
 *     await this.accounts.update(account.id, { disabled: true }); // from now on the strategy refuses it
 *     await this.events.revoke(account.identity); // and what it holds open ends
 *   }
 * }
 */
@Injectable()
export class AuthorizationEvents {
  private readonly listeners = new Set<AuthorizationListener>();

  /**
   * Ends, within a second, every stream, `join` and `wait` that this identity holds open, in every process on the database: each with
   * an error event `401: Access was revoked`. So do answers of requests that are on their way now. Nothing else ends: runs go
   * on, and a request that comes later is served if its strategy still vouches for the identity. So disable the account or the
   * token first.
   *
   * @param identity as the principal has it, compared exactly; that nobody has it is no error
   * @throws Error when it could not be written down for the other processes. In this one everything has ended all the same.
   */
  async revoke(identity: string): Promise<void> {
    await this.tell({ kind: 'revoked', identity });
  }

  /**
   * Ends, within a second, what is held open on a row by those whose filter it does not match any more, with the answer of a row that
   * never existed. The server's own routes tell by themselves; call it after code of your own has changed the metadata of a thread
   * as the system. Without it that is noticed too, but on a process with very many streams later.
   *
   * @example
   * await runAsSystem('hand a thread over', () => threads.update({ thread_id }, { metadata: { owner: 'bob' } }));
   * await events.changed({ resource: 'threads', id: thread_id });
   */
  async changed(row: RowName): Promise<void> {
    await this.tell({ kind: 'changed', row });
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: AuthorizationListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async tell(event: AuthorizationEvent): Promise<void> {
    await Promise.all([...this.listeners].map(async (listener) => listener(event)));
  }
}
