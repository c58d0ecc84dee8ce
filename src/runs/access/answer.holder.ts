import { Injectable } from '@nestjs/common';
import { AuthorizationContext, ScopeMissingError } from '../../on-auth/index.js';
import { ExpiryWatch } from './expiry.watch.js';
import type { HeldAnswer } from './held.answer.js';
import { HeldAnswers } from './held.answers.js';
import { RevocationWatch } from './revocation.watch.js';
import { ScopeWatch } from './scope.watch.js';

/** What an answer tells of. */
export interface HeldSubject {
  readonly thread_id: string;
  /** It is a run that takes its thread along. */
  readonly temporary?: boolean;
}

/** Every answer that is held open passes here, and is given no longer than its caller's right to it lasts. */
@Injectable()
export class AnswerHolder {
  constructor(
    private readonly answers: HeldAnswers,
    private readonly expiry: ExpiryWatch,
    private readonly revocation: RevocationWatch,
    private readonly scope: ScopeWatch,
  ) {}

  /**
   * Aborts with an `EarlyEndError` when the token of the current request expires, its identity loses access, or the thread leaves
   * the scope of its decision; perhaps at once. Over when the signal aborts.
   *
   * @returns the same controller
   * @throws ScopeMissingError outside a request that was decided about threads
   */
  hold({ thread_id, temporary = false }: HeldSubject, abort: AbortController): AbortController {
    const scope = AuthorizationContext.current();
    const decision = scope?.kind === 'principal' ? scope.decisions.get('threads') : undefined;
    if (scope?.kind !== 'principal' || !decision)
      throw new ScopeMissingError('an answer is held open without a decision about threads');
    const { principal } = scope;
    this.keep({ principal, decision, threadId: thread_id, outlivesThread: temporary, abort });
    return abort;
  }

  private keep(answer: HeldAnswer): void {
    if (answer.abort.signal.aborted) return;
    this.answers.add(answer);
    this.scope.watch(answer);
    this.revocation.watch(answer, AuthorizationContext.since());
    this.expiry.watch(answer);
  }
}
