import { Injectable } from '@nestjs/common';
import { WiringError } from './errors.js';
import { patternsFor } from './event.js';
import type { Handler } from './handler.js';

/** Holds handlers against events: a handler that can never be asked is a mistake that would otherwise stay silent. */
@Injectable()
export class WiringInspector {
  /** @throws WiringError for a handler whose pattern covers no event of the application */
  inspect(handlers: readonly Handler[], events: readonly string[]): void {
    const known = new Set(events.flatMap((event) => patternsFor(event)));
    for (const { name, pattern } of handlers) {
      if (known.has(pattern)) continue;
      const near = events.filter((event) => event.startsWith(`${pattern.split(':')[0]}:`));
      const choice = near.length > 0 ? near : events;
      throw new WiringError(
        `${name} handles "${pattern}", but no route fires that event. Known: ${choice.join(', ') || 'none'}.`,
      );
    }
  }
}
