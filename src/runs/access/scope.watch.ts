import { Injectable, Logger } from '@nestjs/common';
import { OnDemandWork } from '../engine/on-demand.work.js';
import { endInvisible, isVisible, type HeldAnswer } from './held.answer.js';
import { HeldAnswers } from './held.answers.js';
import { ThreadMetadataReader } from './thread-metadata.reader.js';

/** Threads that are looked at in one go. */
const BATCH = 1_000;
/** What goes on on a thread is stopped before it is deleted: time for that to be told first. */
const LAST_WORDS_MS = 300;

/**
 * Ends the answers on threads that their filters do not match any more. A thread that is said to have changed is looked at at once.
 * Besides, all are looked at in turn, so that a change that nobody told of is found too: a thousand at each look, by one query.
 */
@Injectable()
export class ScopeWatch {
  private readonly logger = new Logger(ScopeWatch.name);
  /** To be looked at before all others: changed, or held since the last look and perhaps changed meanwhile. */
  private readonly urgent = new Set<string>();
  /** Were looked at in this turn. */
  private readonly seen = new Set<string>();
  private readonly work = new OnDemandWork(() => this.lookAtAll());
  private isTurnDue = false;
  private failed = false;

  constructor(
    private readonly answers: HeldAnswers,
    private readonly threads: ThreadMetadataReader,
  ) {}

  watch({ threadId }: HeldAnswer): void {
    this.urgent.add(threadId);
  }

  /** The metadata of a thread is different now, or it is gone. */
  hear(threadId: string): void {
    if (!this.answers.isHeld(threadId)) return;
    this.urgent.add(threadId);
    void this.work.ask();
  }

  /** Settles when those whose turn it is were looked at. Never rejects. */
  look(): Promise<void> {
    this.isTurnDue = true;
    return this.work.ask();
  }

  private async lookAtAll(): Promise<void> {
    let hasSeen: boolean;
    do hasSeen = await this.lookAt(this.nextBatch());
    while (hasSeen && this.urgent.size > 0);
  }

  private async lookAt(threadIds: readonly string[]): Promise<boolean> {
    if (threadIds.length === 0) return true;
    try {
      const found = await this.threads.read(threadIds);
      for (const threadId of threadIds) this.check(threadId, found.get(threadId));
      this.failed = false;
      return true;
    } catch (error) {
      for (const threadId of threadIds) this.urgent.add(threadId);
      this.warn(error);
      return false;
    }
  }

  /** Once, until it works again. */
  private warn(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    const reason = error instanceof Error ? error.name : typeof error;
    this.logger.warn(`Threads that are streamed cannot be seen: ${reason}`);
  }

  private nextBatch(): string[] {
    const batch = new Set<string>();
    for (const threadId of this.urgent) {
      if (batch.size === BATCH) break;
      this.urgent.delete(threadId);
      if (this.answers.isHeld(threadId)) batch.add(threadId);
    }
    if (this.isTurnDue) this.fillUp(batch);
    this.isTurnDue = false;
    for (const threadId of batch) this.seen.add(threadId);
    return [...batch];
  }

  /** With those whose turn it is. After the last one it is the first one's again. */
  private fillUp(batch: Set<string>): void {
    for (const threadId of this.answers.threads()) {
      if (batch.size === BATCH) return;
      if (!this.seen.has(threadId)) batch.add(threadId);
    }
    this.seen.clear();
  }

  private check(threadId: string, metadata: Readonly<Record<string, unknown>> | undefined): void {
    for (const answer of this.answers.on(threadId)) {
      if (isVisible(answer, metadata)) continue;
      if (metadata === undefined) setTimeout(() => endInvisible(answer), LAST_WORDS_MS).unref();
      else endInvisible(answer);
    }
  }
}
