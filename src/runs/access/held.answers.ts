import { Injectable } from '@nestjs/common';
import type { HeldAnswer } from './held.answer.js';

/** The answers that are held open in this process. */
@Injectable()
export class HeldAnswers implements Iterable<HeldAnswer> {
  private readonly all = new Set<HeldAnswer>();
  private readonly byIdentity = new Map<string, Set<HeldAnswer>>();
  private readonly byThread = new Map<string, Set<HeldAnswer>>();

  /** Keeps an answer until its signal aborts. */
  add(answer: HeldAnswer): void {
    const { principal, threadId, abort } = answer;
    this.all.add(answer);
    put(this.byIdentity, principal.identity, answer);
    put(this.byThread, threadId, answer);
    abort.signal.addEventListener('abort', () => this.remove(answer), { once: true });
  }

  [Symbol.iterator](): Iterator<HeldAnswer> {
    return this.all.values();
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  /** The answers of an identity. May be ended while they are iterated. */
  of(identity: string): Iterable<HeldAnswer> {
    return this.byIdentity.get(identity) ?? [];
  }

  on(threadId: string): Iterable<HeldAnswer> {
    return this.byThread.get(threadId) ?? [];
  }

  /** The threads that answers are held on, those first that have been held for longest. */
  threads(): Iterable<string> {
    return this.byThread.keys();
  }

  isHeld(threadId: string): boolean {
    return this.byThread.has(threadId);
  }

  private remove(answer: HeldAnswer): void {
    this.all.delete(answer);
    take(this.byIdentity, answer.principal.identity, answer);
    take(this.byThread, answer.threadId, answer);
  }
}

function put(map: Map<string, Set<HeldAnswer>>, key: string, answer: HeldAnswer): void {
  const known = map.get(key);
  if (known) known.add(answer);
  else map.set(key, new Set([answer]));
}

function take(map: Map<string, Set<HeldAnswer>>, key: string, answer: HeldAnswer): void {
  const known = map.get(key);
  known?.delete(answer);
  if (known?.size === 0) map.delete(key);
}
