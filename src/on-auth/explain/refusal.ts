import { HttpException } from '@nestjs/common';
import { ForbiddenError, UnauthenticatedError } from '../errors.js';
import { HandlerAnswer } from '../handler.answer.js';
import type { Rejection } from './explanation.js';

/** What a fault on the way of a decision is answered with. Unlike the answer, the message keeps the cause. */
export function refusalOf(error: unknown): Rejection {
  return { status: statusOf(error), message: error instanceof Error ? messageOf(error) : String(error) };
}

function statusOf(error: unknown): number {
  if (error instanceof UnauthenticatedError) return 401;
  if (error instanceof ForbiddenError) return 403;
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof HandlerAnswer ? error.status : 500;
}

function messageOf({ message, cause }: Error): string {
  return cause instanceof Error && !message.includes(cause.message)
    ? `${message}: ${cause.message}`
    : message;
}
