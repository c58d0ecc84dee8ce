import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphNotFoundError, InvalidStateUpdateError } from '../graphs/graph.errors.js';
import { EmbeddingFailedError, InvalidStoreItemError } from '../graphs/store/store.errors.js';
import { faultAnswerOf, toAnswer, type FaultAnswer } from '../on-auth/fault.answer.js';
import { isIndexRowTooLarge } from '../persistence/index-row-size.js';

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
export function answerTo(exception: unknown): FaultAnswer {
  if (isRouteNotFound(exception)) return toAnswer(404, 'Not Found');
  if (isIndexRowTooLarge(exception)) return toAnswer(422, 'a value of an indexed metadata key is too large');
  if (exception instanceof GraphNotFoundError) return toAnswer(404, exception.message);
  if (exception instanceof InvalidStateUpdateError) return toAnswer(422, exception.message);
  if (exception instanceof InvalidStoreItemError) return toAnswer(422, exception.message);
  if (exception instanceof EmbeddingFailedError) return toAnswer(503, exception.message);
  if (isFastifyError(exception)) return toAnswer(exception.statusCode, exception.message);
  return faultAnswerOf(exception) ?? toAnswer(500, 'Internal Server Error');
}

/** Nest's own words tell the path, which the client knows. */
function isRouteNotFound(exception: unknown): boolean {
  return (
    exception instanceof HttpException &&
    exception.getStatus() === 404 &&
    /^Cannot [A-Z]+ /.test(exception.message)
  );
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
