import { z } from 'zod';
import type { RunSignal } from '../run.signals.js';

/** What one process tells all others at once. Without signals it only says that the process is there. */
export interface SignalMessage {
  /** The process that sends it. */
  readonly from: string;
  readonly signals: readonly RunSignal[];
}

/** PostgreSQL takes payloads of less than 8000 bytes; a message is plain ASCII. */
const MAX_LENGTH = 7_500;

const id = z.guid();
const messageSchema = z.strictObject({
  from: z.string().min(1).max(64),
  signals: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.enum(['created', 'changed']), threadId: id }),
      z.strictObject({ kind: z.literal('revoked') }),
      z.strictObject({ kind: z.literal('queued'), at: z.int().nonnegative() }),
      z.strictObject({ kind: z.enum(['cancelled', 'followed', 'events', 'ended']), runId: id }),
    ]),
  ),
});

/**
 * The messages that carry these signals. Of a cancellation only the run is named: what is to be done with it stands in the table,
 * so a message that did not come from this service can do no more than make somebody look.
 */
export function writeMessages(from: string, signals: readonly RunSignal[]): string[] {
  const packed: string[][] = [[]];
  let length = 0;
  for (const signal of signals) {
    const text = JSON.stringify(signal.kind === 'cancelled' ? { ...signal, action: undefined } : signal);
    length += text.length + 1;
    if (length > MAX_LENGTH) {
      packed.push([]);
      length = text.length + 1;
    }
    packed.at(-1)?.push(text);
  }
  return packed.map((texts) => `{"from":${JSON.stringify(from)},"signals":[${texts.join(',')}]}`);
}

/** A message, or nothing where the text is not exactly one. */
export function readMessage(text: string): SignalMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
