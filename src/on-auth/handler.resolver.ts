import { Injectable } from '@nestjs/common';
import { patternsFor } from './event.js';
import type { Handler } from './handler.js';
import { HandlerRegistry } from './handler.registry.js';

/** Chooses the handler of an event: the most specific one alone. */
@Injectable()
export class HandlerResolver {
  private readonly chosen = new Map<string, Handler | undefined>();

  constructor(private readonly registry: HandlerRegistry) {}

  /** The winning handler, or `undefined` when none covers the event: then nobody may do it. */
  resolve(event: string): Handler | undefined {
    if (!this.chosen.has(event)) this.chosen.set(event, this.candidates(event)[0]);
    return this.chosen.get(event);
  }

  /** All handlers that cover the event, the winner first; the others are shadowed by it. */
  candidates(event: string): readonly Handler[] {
    return patternsFor(event)
      .map((pattern) => this.registry.get(pattern))
      .filter((handler) => handler !== undefined);
  }
}
