import { Injectable } from '@nestjs/common';
import { WiringError } from './errors.js';
import type { Handler } from './handler.js';

/** Keeps at most one handler for each pattern. */
@Injectable()
export class HandlerRegistry {
  private readonly handlers = new Map<string, Handler>();

  /** @throws WiringError when the pattern already has a handler */
  register(handler: Handler): void {
    const other = this.handlers.get(handler.pattern);
    if (other) {
      throw new WiringError(
        `${handler.name} and ${other.name} both handle "${handler.pattern}"; remove one, exactly one handler decides.`,
      );
    }
    this.handlers.set(handler.pattern, handler);
  }

  get(pattern: string): Handler | undefined {
    return this.handlers.get(pattern);
  }

  all(): readonly Handler[] {
    return [...this.handlers.values()];
  }
}
