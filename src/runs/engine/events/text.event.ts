import type { JsonValue } from '../../../graphs/execution/serialize.js';
import type { RunEvent } from '../run.engine.js';

/** An event of which only the text is kept: that is what readers send, and it takes less room. */
export class TextEvent implements RunEvent {
  constructor(
    readonly id: number,
    readonly event: string,
    readonly json: string,
  ) {}

  get data(): JsonValue {
    return JSON.parse(this.json) as JsonValue;
  }
}
