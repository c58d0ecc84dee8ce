import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ForbiddenError, NotAdmittedError, UnauthenticatedError } from './errors.js';
import { HandlerAnswer } from './handler.answer.js';

/** What whoever asked is told of a fault, over HTTP or in answer to a message. */
export interface FaultAnswer {
  readonly status: number;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a refusal, or to what a handler, input or service threw as an answer; `undefined` for every other fault. */
export function faultAnswerOf(fault: unknown): FaultAnswer | undefined {
  if (fault instanceof UnauthenticatedError) return toAnswer(401, fault.message, fault.headers);
  if (fault instanceof NotAdmittedError) return toAnswer(fault.status, fault.message, fault.headers);
  if (fault instanceof ForbiddenError) return toAnswer(403, fault.message);
  if (fault instanceof HttpException) return toAnswer(fault.getStatus(), detailOf(fault));
  if (fault instanceof HandlerAnswer) return toAnswer(fault.status, fault.message, sendable(fault.headers));
  return undefined;
}

/** A fault without words is told by the words of its status. */
export function toAnswer(status: number, detail: string, headers: FaultAnswer['headers'] = {}): FaultAnswer {
  return { status, detail: detail || (STATUS_CODES[status] ?? 'Error'), headers };
}

function detailOf(exception: HttpException): string {
  // Whatever was given to the exception: typed as text or an object, but `null` comes as well.
  const { detail } = Object(exception.getResponse()) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : exception.message;
}

/** Of the framing of an answer only the server knows; what cannot be sent would take the whole answer down. */
const FRAMING = new Set(['content-length', 'content-type', 'transfer-encoding', 'connection']);

function sendable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => isSendable(name, value)));
}

function isSendable(name: string, value: string): boolean {
  if (FRAMING.has(name.toLowerCase())) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    return false;
  }
  return true;
}
