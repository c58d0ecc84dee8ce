import { Injectable, Logger } from '@nestjs/common';
import { OnDemandWork } from '../engine/on-demand.work.js';
import { endRevoked, type HeldAnswer } from './held.answer.js';
import { HeldAnswers } from './held.answers.js';
import { RevocationLog } from './revocation.log.js';

/** Longer than a request takes to be granted an answer that is held open. */
const REMEMBERED_MS = 60_000;

/** Ends the answers of those who have lost access, wherever that was told. */
@Injectable()
export class RevocationWatch {
  private readonly logger = new Logger(RevocationWatch.name);
  /** Identity -> when it lost access, by the clock of `performance`; the latest last. */
  private readonly recent = new Map<string, number>();
  private readonly work = new OnDemandWork(() => this.hearNews());

  constructor(
    private readonly answers: HeldAnswers,
    private readonly log: RevocationLog,
  ) {}

  /** @param since when the request of the answer came: one that was under way when access was lost, has lost it too */
  watch(answer: HeldAnswer, since: number): void {
    const revokedAt = this.recent.get(answer.principal.identity);
    if (revokedAt !== undefined && since <= revokedAt) endRevoked(answer);
  }

  /** Here at once; then it is written down for others. */
  async revoke(identity: string): Promise<void> {
    this.end(identity);
    await this.log.record(identity);
  }

  /** Looks for what others have written down. Never rejects. */
  look(): Promise<void> {
    return this.work.ask();
  }

  private async hearNews(): Promise<void> {
    try {
      for (const identity of await this.log.news()) this.end(identity);
    } catch (error) {
      this.logger.warn(
        `Who has lost access cannot be read: ${error instanceof Error ? error.name : typeof error}`,
      );
    }
  }

  private end(identity: string): void {
    const now = performance.now();
    this.recent.delete(identity);
    this.recent.set(identity, now);
    for (const [known, at] of this.recent) {
      if (now - at < REMEMBERED_MS) break;
      this.recent.delete(known);
    }
    for (const answer of this.answers.of(identity)) endRevoked(answer);
  }
}
