import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { ForbiddenError, NotAdmittedError, UnauthenticatedError } from './errors.js';
import { faultAnswerOf, toAnswer } from './fault.answer.js';
import { HandlerAnswer } from './handler.answer.js';

/**
 * Answers refusals as Nest answers its own exceptions, so that an application needs no filter for them. One that an application
 * registers with `useGlobalFilters`, or in a module that is imported after `OnAuthModule`, comes first.
 */
@Catch(UnauthenticatedError, NotAdmittedError, ForbiddenError, HandlerAnswer)
export class RefusalFilter extends BaseExceptionFilter<Error> {
  constructor(private readonly adapterHost: HttpAdapterHost) {
    super();
  }

  override catch(refusal: Error, host: ArgumentsHost): void {
    const { status, detail, headers } = faultAnswerOf(refusal) ?? toAnswer(500, '');
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    const body = HttpException.createBody(detail, STATUS_CODES[status] ?? 'Error', status);
    super.catch(new HttpException(body, status), host);
  }
}
