import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphNotFoundError, InvalidStateUpdateError } from '../graphs/graph.errors.js';
import { EmbeddingFailedError, InvalidStoreItemError } from '../graphs/store/store.errors.js';
import { ForbiddenError, UnauthenticatedError } from '../on-auth/errors.js';
import { HandlerAnswer } from '../on-auth/handler.answer.js';
import { isIndexRowTooLarge } from '../persistence/index-row-size.js';
import { ScopeViolationError } from '../persistence/scope-violation.error.js';

export interface ErrorAnswer {
  readonly status: number;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The one place where a fault becomes a status. The body is always `{"detail": "..."}`; an unknown fault says nothing of itself. */
@Catch()
export class DetailExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger(DetailExceptionFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const answer = answerTo(exception);
    if (answer.status >= 500)
      this.logger.error(exception instanceof Error ? exception.stack : String(exception));
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    for (const [name, value] of Object.entries(answer.headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, { detail: answer.detail }, answer.status);
  }
}

/** The status and detail of a fault. */
export function answerTo(exception: unknown): ErrorAnswer {
  if (exception instanceof UnauthenticatedError) return answer(401, exception.message, exception.headers);
  if (exception instanceof ForbiddenError) return answer(403, exception.message);
  if (exception instanceof ScopeViolationError) return answer(403, exception.message);
  if (isIndexRowTooLarge(exception)) return answer(422, 'a value of an indexed metadata key is too large');
  if (exception instanceof GraphNotFoundError) return answer(404, exception.message);
  if (exception instanceof InvalidStateUpdateError) return answer(422, exception.message);
  if (exception instanceof InvalidStoreItemError) return answer(422, exception.message);
  if (exception instanceof EmbeddingFailedError) return answer(503, exception.message);
  if (exception instanceof HttpException) return answer(exception.getStatus(), detailOf(exception));
  if (exception instanceof HandlerAnswer)
    return answer(exception.status, exception.message, sendable(exception.headers));
  if (isFastifyError(exception)) return answer(exception.statusCode, exception.message);
  return answer(500, 'Internal Server Error');
}

function answer(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): ErrorAnswer {
  return { status, detail: detail || (STATUS_CODES[status] ?? 'Error'), headers };
}

function detailOf(exception: HttpException): string {
  if (exception.getStatus() === 404 && /^Cannot [A-Z]+ /.test(exception.message)) return 'Not Found';
  const body = exception.getResponse();
  if (typeof body === 'object' && 'detail' in body && typeof body.detail === 'string') return body.detail;
  return exception.message;
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
    return true;
  } catch {
    return false;
  }
}

function isFastifyError(exception: unknown): exception is Error & { statusCode: number } {
  return (
    exception instanceof Error &&
    'code' in exception &&
    String(exception.code).startsWith('FST_') &&
    'statusCode' in exception &&
    typeof exception.statusCode === 'number' &&
    exception.statusCode >= 400 &&
    exception.statusCode < 500
  );
}
