import { faultAnswerOf } from '../fault.answer.js';
import type { Rejection } from './explanation.js';

/** What a fault on the way of a decision is answered with. Unlike the answer, the message keeps the cause. */
export function refusalOf(error: unknown): Rejection {
  return {
    status: faultAnswerOf(error)?.status ?? 500,
    message: error instanceof Error ? messageOf(error) : String(error),
  };
}

function messageOf({ message, cause }: Error): string {
  return cause instanceof Error && !message.includes(cause.message)
    ? `${message}: ${cause.message}`
    : message;
}
