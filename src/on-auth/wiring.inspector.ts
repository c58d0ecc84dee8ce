import { Injectable, Logger } from '@nestjs/common';
import { WiringError } from './errors.js';
import { patternsFor } from './event.js';
import type { Handler } from './handler.js';

/** Holds handlers against events: a handler that can never be asked is a mistake that would otherwise stay silent. */
@Injectable()
export class WiringInspector {
  private readonly logger = new Logger(WiringInspector.name);

  /**
   * @param events those that routes fire
   * @param known further ones that a handler may name
   * @throws WiringError for a handler whose pattern covers no event at all
   */
  inspect(handlers: readonly Handler[], events: readonly string[], known: readonly string[] = []): void {
    const fired = patternsOf(events);
    const nameable = patternsOf(known);
    for (const handler of handlers) {
      if (fired.has(handler.pattern)) continue;
      if (!nameable.has(handler.pattern)) throw neverAsked(handler, [...new Set([...events, ...known])]);
      this.logger.log(`${handler.name} is never asked: no route fires "${handler.pattern}" yet.`);
    }
    this.reportDenied(handlers, events);
  }

  private reportDenied(handlers: readonly Handler[], events: readonly string[]): void {
    const handled = new Set(handlers.map(({ pattern }) => pattern));
    const denied = events.filter((event) => !patternsFor(event).some((pattern) => handled.has(pattern)));
    if (denied.length > 0)
      this.logger.log(`Denied to everyone, as no handler covers it: ${denied.join(', ')}.`);
  }
}

function patternsOf(events: readonly string[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => patternsFor(event)));
}

function neverAsked({ name, pattern }: Handler, events: readonly string[]): WiringError {
  const near = events.filter((event) => event.startsWith(`${pattern.split(':')[0]}:`));
  const choice = near.length > 0 ? near : events;
  return new WiringError(
    `${name} handles "${pattern}", but no route fires that event. Known: ${choice.join(', ') || 'none'}.`,
  );
}
