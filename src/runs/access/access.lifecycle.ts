import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { isUuid } from '../../http/validation.js';
import { AuthorizationEvents, type AuthorizationEvent, type RowName } from '../../on-auth/index.js';
import { RunSignals, type RunSignal } from '../engine/run.signals.js';
import { ExpiryWatch } from './expiry.watch.js';
import { HeldAnswers } from './held.answers.js';
import { RevocationWatch } from './revocation.watch.js';
import { ScopeWatch } from './scope.watch.js';

const LOOK_MS = 500;
/** Signals that were lost are made up for less often: every so many looks. */
const LOOKS_PER_ROUND = 6;

/** Brings what is told of rights, here and in other processes, to those who watch over answers that are held open. */
@Injectable()
export class AccessLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly unsubscribe: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;

  constructor(
    private readonly events: AuthorizationEvents,
    private readonly signals: RunSignals,
    private readonly answers: HeldAnswers,
    private readonly expiry: ExpiryWatch,
    private readonly revocation: RevocationWatch,
    private readonly scope: ScopeWatch,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe.push(
      this.events.subscribe((event) => this.act(event)),
      this.signals.subscribe((signal) => this.hear(signal)),
    );
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
    // Who lost access before there was an answer to hold has nothing to lose here, and may have been let in again.
    await this.revocation.look();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.expiry.close();
    for (const end of this.unsubscribe.splice(0)) end();
  }

  private async act(event: AuthorizationEvent): Promise<void> {
    switch (event.kind) {
      case 'revoked':
        await this.revocation.revoke(event.identity);
        this.signals.publish({ kind: 'revoked' });
        return;
      case 'changed':
        this.tellChange(event.row);
    }
  }

  /** Answers are held on threads only. */
  private tellChange({ resource, id }: RowName): void {
    const threadId = id.toLowerCase();
    if (resource === 'threads' && isUuid(threadId)) this.signals.publish({ kind: 'changed', threadId });
  }

  private hear(signal: RunSignal): void {
    if (signal.kind === 'changed') this.scope.hear(signal.threadId);
    if (signal.kind === 'revoked' || signal.kind === 'missed') void this.revocation.look();
    if (signal.kind === 'missed') void this.scope.look();
  }

  private look(): void {
    this.looks += 1;
    if (this.answers.isEmpty) return;
    void this.scope.look();
    if (this.looks % LOOKS_PER_ROUND === 0) void this.revocation.look();
  }
}
