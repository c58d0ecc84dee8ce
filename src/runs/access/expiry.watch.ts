import { Injectable } from '@nestjs/common';
import { expiryOf } from '../../on-auth/index.js';
import { QueueAlarm } from '../engine/worker/queue.alarm.js';
import { endExpired, type HeldAnswer } from './held.answer.js';
import { HeldAnswers } from './held.answers.js';

/** Expiries are whole seconds almost always; those that are none are rounded up to this, so that many of them are one alarm. */
const STEP_MS = 100;

/**
 * Ends answers when the token that they were asked for with expires: to the moment, while a new request is still given the tolerance
 * for clocks that differ. One alarm for all of them, set to the earliest.
 */
@Injectable()
export class ExpiryWatch {
  private readonly alarm = new QueueAlarm(() => this.endExpired());

  constructor(private readonly answers: HeldAnswers) {}

  watch(answer: HeldAnswer): void {
    const at = expiryOf(answer.principal);
    if (at === undefined) return;
    if (at <= Date.now()) endExpired(answer);
    else this.alarm.set(Math.ceil(at / STEP_MS) * STEP_MS);
  }

  close(): void {
    this.alarm.clear();
  }

  private endExpired(): void {
    const now = Date.now();
    let next = Infinity;
    for (const answer of this.answers) {
      const at = expiryOf(answer.principal) ?? Infinity;
      if (at <= now) endExpired(answer);
      else next = Math.min(next, at);
    }
    if (next < Infinity) this.alarm.set(Math.ceil(next / STEP_MS) * STEP_MS);
  }
}
